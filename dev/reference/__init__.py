"""The reference of `sla.yaml` and the schemas, written from their models."""
