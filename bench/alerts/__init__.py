"""Alerts: a worker, the alerts process and the stand-in Slack, on traffic in real time.

Slack's pace is part of it, so each part says how much it asks of a channel.
"""
