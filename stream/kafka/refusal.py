"""The error of a process that does not start until somebody changes something."""


class RefusedStartError(Exception):
    """Its text is for a person at a terminal: what is wrong and what to do."""
