"""What became of a step that a sink was asked for."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a step."""

    DONE = "done"
    NOT_OURS = "not_ours"
    UNASKED = "unasked"
    """Done, and nothing was learnt of whether the sink takes messages."""
    UNCLEAR = "unclear"
    """A post may still come: look again later."""
    UNREAD = "unread"
    """The channel cannot be looked into, and must be: it alone waits for somebody to
    mend that."""
