"""How much comes in, in PromQL: matters begun, what they are about, what is open.

Offline the same figures are `stream/figures/catalogue/`: volume, demand growth,
categories, backlog, handling time.
"""

from typing import Final

from grafana.desk.counts import (
    NONE_YET,
    QUEUES,
    RANGE,
    WEEK,
    counted,
    filled,
    grouped,
    listed,
)
from grafana.desk.outcomes import ended

_NONE_BEFORE: Final = -1_000
GROWN: Final[dict[float, str]] = {_NONE_BEFORE: "none before"}
"""The mark for growth from nothing, of which no figure is a share."""

AGES: Final = {
    "under 1 h": "under_1h",
    "under 4 h": "under_4h",
    "under 1 day": "under_1d",
    "under 3 days": "under_3d",
    "under 7 days": "under_7d",
    "older": "older",
}
"""In words -> `age` of `replyclock_backlog`; none is in two."""

_OPENED: Final = f"channel_queue:replyclock_sessions_opened:increase5m{{{QUEUES}}}"
_CATEGORIES: Final = (
    f"category_queue:replyclock_session_categories:increase5m{{{QUEUES}}}"
)
_HANDLED: Final = f"le_queue:replyclock_handling_seconds:increase5m{{{QUEUES}}}"


def opened(by: str = "", ago: str = "") -> str:
    """Matters that customers began in a week, less those withdrawn.

    Of another week what was not recorded is not known.
    """
    begun = counted(_OPENED, WEEK, by, ago)
    return begun if ago else filled(begun, by, 0)


def opened_over_time(by: str, over: str) -> str:
    """The same at each instant, of the time `over` before it."""
    return counted(_OPENED, over, by)


def growth(by: str = "") -> str:
    """Of the last seven days over the seven before: 0.1 is a tenth more."""
    return _growth(opened(by=by), opened(by=by, ago="1w"), by)


def categories(ago: str = "") -> str:
    """Matters that ended in a week, by what they were about."""
    return counted(_CATEGORIES, WEEK, "category", ago)


def category_growth() -> str:
    return _growth(categories(), categories(ago="1w"), "category")


def category_share() -> str:
    """Of all that ended in the range, 0 to 1; two categories of one count twice."""
    each = counted(_CATEGORIES, RANGE, "category")
    return f"{each} / on () group_left () ({ended('ended')} > 0)"


def handling_time(quantile: float, by: str = "") -> str:
    """Seconds from a matter's beginning to its resolution, of the range."""
    buckets = counted(_HANDLED, RANGE, listed(by, "le"))
    time = f"histogram_quantile({quantile}, {buckets}) >= 0"
    return filled(time, by, NONE_YET)


def backlog(by: str = "") -> str:
    """Matters open now that are not resolved."""
    return f"sum{grouped(by)} (replyclock_backlog{{{QUEUES}}})"


def backlog_over_time(age: str) -> str:
    return f'sum(age_queue:replyclock_backlog:sum{{{QUEUES},age="{age}"}})'


def _growth(now: str, before: str, by: str) -> str:
    # Of what was not recorded then it is not known that it was nothing.
    nothing = f"0 * {before} {_NONE_BEFORE}"
    return f"({now}) / ({before} > 0) - 1 or on ({by}) ({nothing})"
