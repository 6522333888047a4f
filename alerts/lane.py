"""A sink's or Slack channel's waiting keys, and when the next may go. Pure.

New breaches go before edits, the oldest first. Slack allows one message a second in a
channel and about fifty edits a minute; what it says in `Retry-After` holds for that
kind of call alone, so a limit on edits never delays a breach.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from alerts.entry import Step
from alerts.failure import FOR_AN_OPERATOR, FailureReason, SinkFailure
from alerts.outcome import Outcome

_FIRST = {Step.POST: 0, Step.LOOK_UP: 0, Step.EDIT: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast to go, in milliseconds."""

    post: int = 1_000
    edit: int = 1_250
    list_edit: int = 10_000
    """Between two edits of one list message."""
    first_backoff: int = 500
    longest_backoff: int = 15_000
    operator: int = 60_000
    """Between tries of what only a person can mend."""
    unclear: int = 5_000
    """Between two looks for a message that may still come."""

    def until_again(self, outcome: Outcome) -> int | None:
        """How long a key waits that its step did not settle; None: it is settled."""
        return {Outcome.UNCLEAR: self.unclear, Outcome.UNREAD: self.operator}.get(
            outcome
        )

    def between(self, step: Step) -> int:
        return self.post if step is Step.POST else self.edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A key in a lane; `at` is its deadline, `not_before` when it may be tried.

    `since`: when it was first in a lane; `partition`: of its facts, where known.
    """

    key: str
    step: Step
    at: int
    not_before: float = 0
    since: float = 0
    partition: int | None = None
    receiver: str = ""
    is_open: bool = False
    """Whether somebody waits."""
    refused: float | None = None
    """Since when the sink refuses it."""
    is_line: bool = False
    """Of another message, if that one is posted first."""


MayPost = Callable[[Waiting], bool]


def _always(_: Waiting) -> bool:
    return True


def _order(waiting: Waiting) -> tuple[int, int, bool, str]:
    return _FIRST[waiting.step], waiting.at, waiting.is_line, waiting.key


class Lane:
    """One place's keys; a key is in it at most once. `now` is given, in ms."""

    def __init__(self, channel: str, pace: Pace) -> None:
        self.channel = channel
        self._pace = pace
        self._waiting: dict[str, Waiting] = {}
        self._free = dict.fromkeys(Step, 0.0)
        self._held_until = 0.0
        self._failures = 0
        self._trouble: FailureReason | None = None
        self._refused: float | None = None

    def add(self, waiting: Waiting) -> None:
        """Queue a key, in place of what is known about it."""
        self._waiting[waiting.key] = waiting

    def hasten(self, key: str) -> None:
        """Let an edit go with the next turn, unless Slack refused it."""
        waiting = self._waiting.get(key)
        if waiting and waiting.step is Step.EDIT and waiting.refused is None:
            self.add(replace(waiting, not_before=0))

    def take(self, now: float, may_post: MayPost = _always) -> Waiting | None:
        """Take out the key whose turn it is; None when none may go yet.

        `may_post`: whether this new message may go; edits may.
        """
        ready = [each for each in self._allowed(may_post) if self._due(each) <= now]
        if not ready:
            return None
        first = min(ready, key=_order)
        return self._waiting.pop(first.key)

    def next_at(self, may_post: MayPost = _always) -> float | None:
        """When `take` will return something; None: not before an `add`."""
        return min(map(self._due, self._allowed(may_post)), default=None)

    def began(self, step: Step, now: float) -> None:
        """Use up the turn: Slack is being asked now."""
        self._free[step] = now + self._pace.between(step)

    def succeeded(self) -> bool:
        """Note that Slack did it; True when it had failed before."""
        had_trouble, self._trouble, self._failures = self._trouble is not None, None, 0
        self._refused = None
        return had_trouble

    def failed(self, waiting: Waiting, failure: SinkFailure, now: float) -> Waiting:
        """Wait as the failure asks; returns what to put back."""
        reason = failure.reason
        self._refused = now if self._refused is None else self._refused
        if waiting.refused is None:
            waiting = replace(waiting, refused=now)
        if reason is FailureReason.RATE_LIMITED:
            pause = 1000 * (failure.retry_after or 1)
            self._free[waiting.step] = max(self._free[waiting.step], now + pause)
        elif reason in {FailureReason.MESSAGE, FailureReason.GONE}:
            # It alone waits; the others of the channel are not to blame.
            return replace(waiting, not_before=now + self._pace.operator)
        elif reason in FOR_AN_OPERATOR:
            self._held_until = now + self._pace.operator
        else:
            self.back_off(now)
        return waiting

    def back_off(self, now: float) -> None:
        """Hold the whole lane: twice as long after every failure in a row."""
        doubled = self._pace.first_backoff * 2 ** min(self._failures, 30)
        self._held_until = now + min(doubled, self._pace.longest_backoff)
        self._failures += 1

    def refused(self, now: float) -> Iterator[tuple[Waiting, float]]:
        """What waits here and is open, with how long the sink has refused it (ms).

        Since the last success, or it alone while others pass.
        """
        for each in self._waiting.values():
            since = each.refused if self._refused is None else self._refused
            if since is not None and each.is_open:
                yield each, now - since

    def is_new_trouble(self, reason: FailureReason) -> bool:
        """Whether `reason` differs from the last one since it last worked."""
        known, self._trouble = self._trouble, reason
        return known is not reason

    def _allowed(self, may_post: MayPost) -> Iterable[Waiting]:
        # What is not found is posted, so to look waits as well.
        return (w for w in self._waiting.values() if w.step is Step.EDIT or may_post(w))

    def _due(self, waiting: Waiting) -> float:
        return max(waiting.not_before, self._free[waiting.step], self._held_until)
