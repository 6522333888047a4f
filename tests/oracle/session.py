"""One matter inside a never-ending thread, as the simulator keeps it."""

from dataclasses import dataclass, field

from stream.sla.events import Status
from tests.oracle.cycle import Cycle


@dataclass
class Session:
    """One matter; instants are seconds since the epoch."""

    opened: int
    last_word: int
    replied: bool = False
    waits_since: int | None = None
    asked: int = 0
    """The customer's latest words."""
    asked_since: int | None = None
    """The customer's first words after the business's last."""
    by_machine: bool = False
    """A machine answered, and no human since."""
    owed_until: int = 0
    status: Status = Status.OPEN
    resolved: bool = False
    ended: int | None = None
    why: str | None = None
    cycles: list[Cycle] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        return self.waits_since is not None

    def lapses_at(self, gap: int) -> int:
        """Where nothing is owed: when silence has ended it."""
        return max(self.last_word + gap, self.owed_until)
