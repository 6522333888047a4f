"""The whole play: demand, shifts, outages and desk, and what is told of it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from stream.company.demand import demand
from stream.company.desk import Desk
from stream.company.outages import Outages
from stream.company.profile import Profile
from stream.company.staff import shifts
from stream.company.telling import Book, Thread
from stream.config import Config
from stream.sla.events import Event
from stream.sla.instants import to_ms


def play_days(
    profile: Profile,
    rules: Config,
    *,
    seed: int,
    first: date,
    days: int,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> list[Event]:
    """The events of `days` days from `first`, in the order in which they arrived.

    Same arguments, same events. Whoever still waits at the end waits. `progress` is
    told how many conversations have begun, and of how many.
    """
    zone = ZoneInfo(profile.timezone or rules.timezone)
    begin, end = _midnight(first, zone), _midnight(first + timedelta(days=days), zone)
    book = Book(Random(f"{seed} on the way"))  # noqa: S311  traffic, no secrets
    threads = [
        Thread(book, f"{matter.queue}-{number:05}", matter)
        for number, matter in enumerate(demand(profile, rules, seed, begin, end), 1)
    ]
    desk = Desk(
        profile,
        shifts(profile, rules, begin, end),
        Outages(profile.outages, zone, begin, end),
        zone,
    )
    desk.run(threads, end, lambda done: progress(done, len(threads)))
    return [*book.events(end)]


def _midnight(day: date, zone: ZoneInfo) -> int:
    return to_ms(datetime(day.year, day.month, day.day, tzinfo=zone))
