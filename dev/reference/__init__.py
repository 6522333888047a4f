"""The references of files that people write, and the schemas, from their models."""
