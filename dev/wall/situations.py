"""The thirteen situations in which a wall must be read rightly."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

FIRST = datetime(2026, 8, 3, 14, 52, 40, tzinfo=UTC)
"""A Monday. Each situation is as of this time on a day of its own, so that one
Prometheus can answer for all, each with its own "today". The weeks before are in
`dev.wall.weeks`."""
OBJECTIVE = 0.9
"""Of every queue."""
_LONG_BEFORE = FIRST - timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Who waits in a queue now, by band, and how it went today. Times in seconds."""

    ok: int = 0
    at_risk: int = 0
    breached: int = 0
    paused: int = 0
    next_breach: float | None = None
    lateness: float | None = None
    """Of the breached wait that is over its deadline for longest."""
    longest: float | None = None
    measure: str = "first_reply"
    """What those who wait are promised."""
    met: int = 0
    broken: int = 0
    """Verdicts since midnight, as `met`."""
    silent: bool = False
    muted: bool = False
    open: bool = True
    team: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What all workers know at one instant. `queues` empty: no worker answers."""

    name: str
    queues: Mapping[str, Queue] = field(default_factory=dict)
    lag: int = 0
    delay: float | None = 0.2
    """Seconds from an event's arrival until it is applied; None: no event came."""
    assigned: int = 12
    """Of twelve partitions."""
    storms: int = 0
    at: datetime = FIRST


_SUPPORT = Queue(met=498, broken=12, team="emea")
_SALES = Queue(met=245, broken=5, team="emea")
_UNROUTED = Queue()


def _queues(**queues: Queue) -> Mapping[str, Queue]:
    return {**queues, "unrouted": _UNROUTED}


_BUSY_SALES = Queue(
    ok=12, at_risk=3, breached=2, next_breach=41, lateness=130, longest=1_030,
    met=412, broken=9, team="emea",
)  # fmt: skip
_BUSY_SUPPORT = Queue(
    ok=31, at_risk=8, next_breach=198, longest=702, met=903, broken=31, team="emea"
)
_EIGHT: Mapping[str, Queue] = {
    "sales": _BUSY_SALES,
    "support": _BUSY_SUPPORT,
    "billing": Queue(ok=4, next_breach=780, longest=120, met=130, broken=2),
    "returns": Queue(met=71),
    "vip": Queue(ok=1, at_risk=1, next_breach=25, longest=95, met=22, broken=1),
    "complaints": Queue(
        ok=2, at_risk=1, breached=5, next_breach=300, lateness=3_900, longest=4_505,
        met=40, broken=14,
    ),
    "partner-accounts": Queue(ok=1, paused=2, next_breach=50_400, longest=9_000),
    "unrouted": _UNROUTED,
}  # fmt: skip
_TWELVE: Mapping[str, Queue] = {
    **_EIGHT,
    "onboarding": Queue(ok=6, next_breach=1_500, longest=300, met=60, team="apac"),
    "warranty": Queue(ok=3, at_risk=3, next_breach=610, longest=2_900, met=8),
    "night-shift": Queue(ok=9, next_breach=1_200, longest=7_200, open=False),
    "wholesale": Queue(breached=1, lateness=61, longest=961, met=12, broken=1),
}
_LATE_SALES = Queue(
    breached=9, lateness=3_605, longest=3_905, met=45, broken=19, team="emea"
)
_LATE_SUPPORT = Queue(breached=31, lateness=905, longest=1_505, met=98, broken=43)

_MADE: tuple[Situation, ...] = (
    # A Sunday after all those weeks, and nothing since midnight: what a week or four
    # came to is what `weeks` says.
    Situation(
        name="Sunday",
        queues={
            **dict.fromkeys(_TWELVE, Queue(open=False)),
            "sales": Queue(ok=2, next_breach=64_000, longest=300, open=False),
            "complaints": Queue(breached=3, lateness=3_900, longest=4_505, open=False),
            "vip": Queue(at_risk=1, next_breach=25, longest=95, team="emea"),
        },
    ),
    Situation(name="quiet", queues=_queues(sales=_SALES, support=_SUPPORT), delay=None),
    Situation(
        name="busy",
        queues=_queues(
            sales=_BUSY_SALES, support=_BUSY_SUPPORT, vip=_EIGHT["vip"]
        ),
        lag=56,
        delay=0.8,
    ),
    Situation(name="one queue", queues={"sales": _BUSY_SALES}),
    Situation(name="eight queues", queues=_EIGHT, lag=1_240, delay=6.3),
    Situation(name="twelve queues", queues=_TWELVE, lag=12),
    Situation(
        name="all late",
        queues={"sales": _LATE_SALES, "support": _LATE_SUPPORT},
    ),
    Situation(
        name="only next replies late",
        queues=_queues(
            sales=Queue(
                ok=4, breached=3, next_breach=820, lateness=245, longest=1_145,
                measure="next_reply", met=245, broken=3, team="emea",
            ),
            support=_SUPPORT,
        ),
    ),
    Situation(
        name="partial coverage",
        queues=_queues(sales=_BUSY_SALES, support=_BUSY_SUPPORT),
        lag=15_200,
        delay=None,
        assigned=8,
    ),
    Situation(
        name="silent source",
        queues=_queues(
            sales=Queue(silent=True, met=245, broken=5, team="emea"),
            support=_BUSY_SUPPORT,
        ),
    ),
    Situation(
        name="26-hour waits",
        queues=_queues(
            sales=Queue(
                ok=1_204, at_risk=311, breached=1_840, next_breach=12,
                lateness=93_942, longest=97_542, met=20_412, broken=1_840,
            ),
            support=Queue(
                ok=904, at_risk=80, breached=1_206, next_breach=259_200,
                lateness=93_600, longest=94_500, met=24_500, broken=1_206,
            ),
        ),
        lag=1_250_340,
        delay=60.5,
    ),
    Situation(
        name="storm with muted queue",
        queues=_queues(
            sales=Queue(
                ok=3, at_risk=2, breached=48, next_breach=100, lateness=1_210,
                longest=2_110, met=310, broken=60, muted=True, team="emea",
            ),
            support=_BUSY_SUPPORT,
        ),
        lag=310,
        delay=2.4,
        storms=1,
    ),
)  # fmt: skip

SITUATIONS: Mapping[str, Situation] = {
    made.name: replace(made, at=FIRST + timedelta(days=day))
    for day, made in enumerate(_MADE, start=-1)
} | {"no data": Situation(name="no data", at=_LONG_BEFORE)}
"""By name; each at its own instant."""
