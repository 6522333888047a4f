"""Opt-outs: a customer wants no more marketing, or wants it again.

Not a word to anybody, so no event: counted, each by its own reason.
"""

from stream.channels.fields import word

OPTED_OUT = "opted_out"
OPTED_IN = "opted_in"


def opt_out(said: object) -> str | None:
    """The reason for `stop`, `RESUME_NOTIFICATIONS`, ...; `None` for anything else."""
    wish = word(said).lower()
    if wish.startswith("stop"):
        return OPTED_OUT
    return OPTED_IN if wish.startswith("resume") else None
