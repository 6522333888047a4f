"""One wait for one measure, as a list of the seconds it lived."""

from dataclasses import dataclass, field

from tests.oracle.promises import Promise


@dataclass
class Cycle:
    """One wait for one measure."""

    measure: str
    start: int
    promise: Promise
    tags: frozenset[str]
    hours: str
    lived: list[int] = field(default_factory=list)
    """The seconds in which it was running and not paused."""
    used: int = 0
    used_up_at: int | None = None
    window_end: int = 0
    paused: bool = False
    verdict: str | None = None
    deadline: int | None = None
    over_at: int | None = None
    why: str | None = None
    used_in_all: int | None = None
    """Open seconds until it was over."""
    queue: str | None = None
    """Who held the conversation at the deadline that passed."""

    @property
    def is_running(self) -> bool:
        return self.over_at is None

    @property
    def ends_at(self) -> int | None:
        """When its time is used up, if it is by now."""
        return self.window_end if self.measure == "window" else self.used_up_at

    @property
    def was_interrupted(self) -> bool:
        """Whether it was paused, or over and reopened."""
        return self.paused or (
            bool(self.lived) and self.lived[-1] - self.start >= len(self.lived)
        )

    def live(self, second: int) -> None:
        """It runs, for a second more."""
        self.lived.append(second)
        if self.promise.is_open(second):
            self.used += 1
            if self.used == self.promise.within:
                self.used_up_at = second + 1

    def live_anew(self, now: int) -> None:
        """As if the policy that applies now had applied from the start.

        But it cannot have been broken before it was promised (2.11).
        """
        lived, self.lived = self.lived, []
        self.used, self.used_up_at = 0, None
        for second in lived:
            self.live(second)
        self.promised(now)

    def promised(self, now: int) -> None:
        """What would be used up already is used up now, be it paused or not."""
        if self.measure == "window":
            self.window_end = max(self.window_end, now)
        elif self.used_up_at is not None and self.used_up_at <= now:
            self.used_up_at = now

    def breach(self, now: int) -> bool:
        """Whether the deadline passes at this instant with the clock running."""
        if self.verdict or self.ends_at != now:
            return False
        self.verdict, self.deadline = "breached", now
        return True

    def stop(self, now: int, why: str) -> None:
        self.over_at, self.why, self.used_in_all = now, why, self.used
