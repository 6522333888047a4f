"""From webhooks to facts: `CONTRIBUTING.md` has a map, each room says what it does."""
