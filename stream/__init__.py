"""The stream side: from webhooks to facts. Map: `docs/adr/` and README."""
