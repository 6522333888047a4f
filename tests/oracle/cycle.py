"""One wait for one measure, as a list of the seconds it lived."""

from dataclasses import dataclass, field

from tests.oracle.promises import Promise

WARNED_AT = 50
"""Percent of a target."""
LATENESS = 2
"""Seconds in which nothing is told yet."""
NOTICE = 30
"""Seconds before a window closes."""


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
    holder: tuple[str | None, str | None] = (None, None)
    """Queue and assignee at the verdict: of a breach, until the deadline."""
    warn_at: int | None = None
    warned: list[int] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        return self.over_at is None

    @property
    def ends_at(self) -> int | None:
        """When its time is used up, if it is by now."""
        return self.window_end if self.measure == "window" else self.used_up_at

    @property
    def warns_at(self) -> int | None:
        """The warning point, if it has come or is known."""
        is_window = self.measure == "window"
        return self.window_end - NOTICE if is_window else self.warn_at

    def live(self, second: int) -> None:
        """It runs, for a second more."""
        self.lived.append(second)
        if self.promise.is_open(second):
            self.used += 1
            if self.used == self.promise.within:
                self.used_up_at = second + 1
            if self.used * 100 == self.promise.within * WARNED_AT:
                self.warn_at = second + 1

    def live_anew(self, now: int) -> None:
        """As if the policy that applies now had applied from the start.

        But it cannot have been broken before it was promised (2.11).
        """
        self.forget_untold(now)
        lived, self.lived = self.lived, []
        self.used, self.used_up_at, self.warn_at = 0, None, None
        for second in lived:
            self.live(second)
        self.promised(now)

    def forget_untold(self, now: int) -> None:
        """A warning that was not told yet is nobody's where its point moves."""
        self.warned = [at for at in self.warned if at + LATENESS < now]

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

    def run_on(self) -> None:
        """It is not over after all; a breach stands."""
        self.over_at = self.why = self.used_in_all = None
        self.paused = False
        if self.verdict in ("met", "cancelled"):
            self.verdict = None
