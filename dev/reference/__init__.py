"""The reference of `sla.yaml`, written from its model."""
