"""A press: what somebody did with an alert. A fact of people, in the ledger.

Repeated, or in another order, presses come to the same (`alerts.presses.handling`).
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

import msgspec


class PressKind(StrEnum):
    """Each but `no_reply_needed` has a counterpart that undoes it."""

    TAKE = "take"
    GIVE_BACK = "give_back"
    SNOOZE = "snooze"
    WAKE = "wake"
    NO_REPLY_NEEDED = "no_reply_needed"
    MUTE = "mute"
    """The alert's queue, not this alert alone."""
    UNMUTE = "unmute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Instants in milliseconds of wall time."""

    press_id: str
    """The same for every repetition by Slack."""
    kind: PressKind
    by: str
    """Whoever pressed: a Slack user id."""
    at: int
    until: int | None = None
    """When it ends by itself, excluded; of take, snooze, mute."""
    reason: str = ""

    @property
    def order(self) -> tuple[int, str]:
        """Of two presses the later counts; of one instant it is always the same one."""
        return self.at, self.name

    @property
    def name(self) -> str:
        """The press id as short as a field's name: 8 bytes in hex."""
        return blake2b(self.press_id.encode(), digest_size=8).hexdigest()

    def holds(self, now: int) -> bool:
        """Whether it has not ended by itself."""
        return self.until is None or now < self.until


def encode_press(press: Press) -> bytes:
    return msgspec.json.encode(press)


def decode_press(raw: bytes) -> Press:
    """Raises `ValueError` for what is none."""
    return _DECODER.decode(raw)


_DECODER = msgspec.json.Decoder(Press)
