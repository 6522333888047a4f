"""What is so after all presses on one alert: their fold. Pure.

Presses are a set: a repetition is the same press, and their order is that of their
instants. Of a kind and its counterpart the later stands, so one undoes the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.presses.press import Press, PressKind

_SUBJECT = {
    PressKind.TAKE: "taken",
    PressKind.GIVE_BACK: "taken",
    PressKind.SNOOZE: "snoozed",
    PressKind.WAKE: "snoozed",
    PressKind.NO_REPLY_NEEDED: "unneeded",
    PressKind.MUTE: "muted",
    PressKind.UNMUTE: "muted",
}
_UNDOING = frozenset({PressKind.GIVE_BACK, PressKind.WAKE, PressKind.UNMUTE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """The press that stands of each sort; it may have ended by itself since."""

    taken: Press | None = None
    snoozed: Press | None = None
    unneeded: Press | None = None
    """Somebody said that no reply is needed."""
    muted: Press | None = None
    """Whoever muted the queue on this alert."""

    def quiet(self, now: int) -> Press | None:
        """The press for which nobody else is called at `now`."""
        return next((each for each in self._quieting if each.holds(now)), None)

    def returned(self, now: int) -> Press | None:
        """The last press that ended by itself, and left the alert to all again."""
        if self.quiet(now) is not None:
            return None
        return max(self._quieting, key=lambda each: each.until or 0, default=None)

    def changes_at(self, now: int) -> int | None:
        """When the next of them ends by itself; None: none will."""
        ends = [each.until for each in self._standing if each.until is not None]
        return min((end for end in ends if end > now), default=None)

    def revision(self, now: int) -> str:
        """Differs when a message says something else of it; '' when it says nothing."""
        said = [(each.name, each.holds(now)) for each in self._standing]
        return repr(said) if said else ""

    @property
    def _quieting(self) -> list[Press]:
        return [each for each in (self.taken, self.snoozed) if each is not None]

    @property
    def _standing(self) -> list[Press]:
        beside = [each for each in (self.unneeded, self.muted) if each is not None]
        return self._quieting + beside


NOBODY = Handling()
"""Nobody did anything."""


def handling_of(presses: Iterable[Press]) -> Handling:
    """Fold the presses on one alert, in whatever order they are given."""
    last = {_SUBJECT[p.kind]: p for p in sorted(presses, key=lambda p: p.order)}
    standing = {name: p for name, p in last.items() if p.kind not in _UNDOING}
    return Handling(**standing)


def is_muted(last: Press | None, now: int) -> bool:
    """Whether the last press on a queue keeps its alerts back at `now`."""
    return last is not None and last.kind is PressKind.MUTE and last.holds(now)
