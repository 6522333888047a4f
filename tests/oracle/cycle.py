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
    queue: str | None = None
    """Who held the conversation at the deadline that passed."""

    @property
    def is_running(self) -> bool:
        return self.over_at is None

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

    def live_anew(self) -> None:
        """As if the policy that applies now had applied from the start."""
        lived, self.lived = self.lived, []
        self.used, self.used_up_at = 0, None
        for second in lived:
            self.live(second)

    def wake(self, now: int) -> None:
        """After a pause; what was used up as it began is used up now."""
        if self.used_up_at is not None:
            self.used_up_at = now

    def breach(self, now: int) -> bool:
        """Whether the deadline passes, or passed, with the clock running."""
        end = self.window_end if self.measure == "window" else self.used_up_at
        if self.verdict or self.paused or end is None or end > now:
            return False
        self.verdict, self.deadline = "breached", end
        return True

    def deadline_if_it_runs_on(self, now: int) -> int | None:
        if self.paused or self.measure == "window":
            return None  # a paused clock has none, a window's is moved without a word
        used = self.used
        while used < self.promise.within:
            used += self.promise.is_open(now)
            now += 1
        return now
