"""What the numbers of a backtest mean, in sentences for a terminal and a page."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from stream.backtest.difference import Difference
from stream.sla.instants import from_ms


def events(difference: Difference, zone: str) -> str:
    """How many there are, and when the first and the last arrived."""
    local = ZoneInfo(zone)
    first, last = (
        from_ms(instant).astimezone(local).strftime("%a %d %b %Y %H:%M:%S")
        for instant in difference.span
    )
    return f"{difference.events:,} events, arrived {first} to {last} ({zone})"


def ends_otherwise(difference: Difference) -> str:
    """How many waits do."""
    count = len(difference.flips)
    return f"{count:,} {'wait ends' if count == 1 else 'waits end'} otherwise"


def legend(difference: Difference) -> Iterator[tuple[str, str]]:
    """The words of the tables, and what they mean."""
    then, now = difference.queues.total
    yield "service level", "met / (met + breached)"
    yield "alerts", "breaches that somebody is told of"
    if then.taken_back or now.taken_back:
        why = "a reply in time came to light later, or other rules applied"
        count = _change(then.taken_back, now.taken_back)
        yield "", f"taken back, so no breach in the end: {count} ({why})"
    if then.over or now.over:
        why = "their events came late; counted, or in a summary"
        count = _change(then.over, now.over)
        yield "", f"breached and not alerted, over when noticed: {count} ({why})"
    if any(row.shadow for row in difference.policies.rows):
        yield "shadow", "only tried: alerts nobody, not in the rows of the queues"


def _change(then: int, now: int) -> str:
    return f"{then:,}" if then == now else f"{then:,}, now {now:,}"
