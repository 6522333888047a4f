"""What nobody would hear: warnings of `check` about who is told, and when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from stream.config.audience import routes_of
from stream.config.model import Config
from stream.sla.instants import to_ms

Odd = tuple[tuple[str | int, ...], str]


_WEEKS = timedelta(weeks=4)
"""Of one year; what is closed then at an hour of the day is closed by rule."""


def unheard(config: Config, year: int) -> Iterator[Odd]:
    """In no order."""
    yield from _queues(config)
    yield from _digests(config, year)
    yield from _monitor(config)


def _queues(config: Config) -> Iterator[Odd]:
    """A queue none of whose routes tells of a broken promise."""
    for name in config.queues:
        routes = routes_of(name, config)
        if not any(r.tells("breach") or r.tells("escalation") for r in routes):
            yield ("queues", name), "nobody hears of its broken promises (tell)"


def _digests(config: Config, year: int) -> Iterator[Odd]:
    """A digest that nobody reads: told to nobody, or while always closed."""
    rules = config.rules()
    for name, receiver in config.alerts.receivers.items():
        path = ("alerts", "receivers", name, "digest")
        if receiver.digest is not None and receiver.alertmanager is not None:
            yield path, "Alertmanager takes no digest: nobody is told"
        if receiver.digest is None or receiver.calendar is None:
            continue
        hour, minute = divmod(receiver.digest, 60)
        zone = ZoneInfo(config.timezone)
        first = datetime(year, 3, 1, hour, minute, tzinfo=zone)
        days = [first + timedelta(days=day) for day in range(_WEEKS.days)]
        calendar = rules.calendar(receiver.calendar)
        if not any(calendar.is_open(to_ms(day)) for day in days):
            hours = f"{hour:02}:{minute:02}"
            yield path, f"{hours} is never in its hours ({receiver.calendar})"


def _monitor(config: Config) -> Iterator[Odd]:
    """What Prometheus' rules find, where the last route's receiver cannot be told."""
    name = config.alerts.monitor_name
    receiver = config.alerts.receivers[name]
    if not (receiver.slack or receiver.webhook):
        said = f"name one that is slack or webhook: Alertmanager cannot tell {name!r}"
        yield ("alerts", "monitor"), said
