"""Chaos: seeded trials that kill and freeze, and an oracle that says if it held."""
