"""Backtest: last week's traffic under the rules in force and under others."""
