"""The wire, pure: one module a source, webhook body -> events."""
