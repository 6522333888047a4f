"""What can go wrong with the local stack."""


class StackError(Exception):
    """The stack cannot do what was asked; the message says what to do about it."""


class MissingError(StackError):
    """Programs that the stack needs are not on this machine and were not installed."""


class StoppedError(StackError):
    """The stack is being stopped, so nothing more is started."""
