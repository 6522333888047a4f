"""Seeded synthetic traffic with a known truth: for the demo, the tests, the bench."""
