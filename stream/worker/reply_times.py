"""Reply times: a histogram of what was told, and beside it one of what was taken back.

A reply time is measured once a wait (semantics 5.1). A histogram cannot forget, so a
reply that failed, or was not the first after all, is counted once more in the second
one: told minus taken back is exact, as with verdicts and retractions.
"""

from prometheus_client import CollectorRegistry, Histogram

from stream.sla.facts import RESOLUTION, WINDOW, Fact, FactKind

WAITS = (
    *(15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200),
    *(14400, 28800, 86400, 172800, 259200),
)
"""Bucket bounds in seconds, frozen: sums over time need the same ones (contract 8)."""

_ANSWERS = frozenset({FactKind.MET, FactKind.ANSWERED_LATE})
_REPLY = ("measure", "channel", "queue")


class _Times:
    """Wall time and open time of one sort, told or taken back."""

    def __init__(
        self, registry: CollectorRegistry, name: str, text: str, labels: tuple[str, ...]
    ) -> None:
        self.wall, self.business = (
            Histogram(
                f"replyclock_{name}{part}_seconds",
                f"{text}: {what}.",
                labels,
                buckets=WAITS,
                registry=registry,
            )
            for part, what in (("", "wall-clock time"), ("_business", "open time"))
        )

    def zero(self, labels: tuple[str, ...]) -> None:
        self.wall.labels(*labels)
        self.business.labels(*labels)

    def observe(
        self, labels: tuple[str, ...], wall_ms: int, business_ms: int | None
    ) -> None:
        self.wall.labels(*labels).observe(wall_ms / 1000)
        open_ms = wall_ms if business_ms is None else business_ms
        self.business.labels(*labels).observe(open_ms / 1000)


class ReplyTimes:
    """Of first and next replies, and of resolutions."""

    def __init__(self, registry: CollectorRegistry) -> None:
        told = "A customer's wait until the awaited reply"
        solved = "From a session's start to its resolution"
        back = "that was told and taken back: subtract"
        place = _REPLY[1:]
        self._replies = _Times(registry, "reply", told, _REPLY)
        self._retracted = _Times(registry, "reply_retracted", f"{told}, {back}", _REPLY)
        self._solved = _Times(registry, "resolution", solved, place)
        self._reopened = _Times(
            registry, "resolution_retracted", f"{solved}, {back}", place
        )

    def zero(self, measure: str, channel: str, queue: str) -> None:
        """Series at zero, before anything is counted in them."""
        if measure == RESOLUTION:
            self._solved.zero((channel, queue))
            self._reopened.zero((channel, queue))
        elif measure != WINDOW:
            self._replies.zero((measure, channel, queue))
            self._retracted.zero((measure, channel, queue))

    def observe(self, fact: Fact, queue: str, replaces_queue: str) -> None:
        """Count the length that `fact` tells, and the one that it takes back."""
        if fact.measure is None or fact.measure is WINDOW:
            return
        channel = fact.channel.value
        measure: tuple[str, ...] = (fact.measure.value,)
        times, back = self._replies, self._retracted
        if fact.measure is RESOLUTION:
            times, back, measure = self._solved, self._reopened, ()
        if fact.replaces_waited_ms is not None:
            back.observe(
                (*measure, channel, replaces_queue),
                fact.replaces_waited_ms,
                fact.replaces_waited_business_ms,
            )
        if fact.kind in _ANSWERS and fact.waited_ms is not None:
            times.observe(
                (*measure, channel, queue), fact.waited_ms, fact.waited_business_ms
            )
