"""Agents at work, and the conversations in their hands."""

from dataclasses import dataclass, field

from stream.company.agent import Agent
from stream.company.demand import Turn
from stream.company.staff import Shift
from stream.company.telling import Thread


@dataclass(eq=False)
class Case:
    """A conversation on the desk."""

    thread: Thread
    number: int
    turn: int = -1
    waits_since: int | None = None
    holder: "Person | None" = None
    is_shown: bool = False
    """Whether the customer waits, and an agent can see it."""
    failed_turn: int | None = None
    """Whose answer did not arrive; the next one does."""

    @property
    def now(self) -> Turn:
        return self.thread.matter.turns[self.turn]


@dataclass(eq=False)
class Person:
    """An agent, and what is in the agent's hands."""

    name: str
    part: Agent
    shift: Shift
    holds: list[Case] = field(default_factory=list)
    writes: Case | None = None
    idle_since: int = 0

    def is_idle(self, at: int) -> bool:
        return self.writes is None and self.shift.is_at_work(at)

    @property
    def has_room(self) -> bool:
        return len(self.holds) < self.part.at_once
