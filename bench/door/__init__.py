"""The door: signed webhooks, beside a handler of the same server that does nothing."""
