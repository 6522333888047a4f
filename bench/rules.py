"""The rules alone: an event, a look-up in opening hours, a replay, a reload.

No Kafka. Times are the best of several, for what disturbs only adds.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Callable, Iterable
from itertools import cycle, islice
from pathlib import Path
from random import Random
from subprocess import DEVNULL, run
from tempfile import TemporaryDirectory

from msgspec import Struct
from prometheus_client import CollectorRegistry

from bench.workload import write_events
from dev.places import REPOSITORY
from stream.config import load_config
from stream.process.reloading import Reloader, ReloadMetrics
from stream.records import encode_event
from stream.sla.conversation import apply
from stream.sla.events import Event
from stream.sla.instants import HOUR, MINUTE
from stream.sla.policy import Rules
from stream.sla.state import Conversation
from stream.worker.metrics import WorkerMetrics

_REPLYCLOCK = (sys.executable, "-m", "stream.cli")
EVENTS = 100_000
_REPEATS = 5
_LOOK_UPS = 20_000
_YEAR = 365 * 24 * HOUR
FIRST, FULL = (REPOSITORY / "config" / f"{name}.yaml" for name in ("sla", "full"))


class Timing(Struct, frozen=True, kw_only=True):
    """`got` and `asked` in `unit`; the more the better where `is_rate`."""

    what: str
    unit: str
    got: float
    asked: float | None = None
    is_rate: bool = False

    @property
    def holds(self) -> bool:
        if self.asked is None:
            return True
        return self.got >= self.asked if self.is_rate else self.got <= self.asked


def rules_timings() -> list[Timing]:
    """Everything, one after the other."""
    with TemporaryDirectory(prefix="replyclock-bench-") as folder:
        place = Path(folder)
        return [*_events(), *_hours(), *_files(place), *asyncio.run(_reload(place))]


def _events() -> Iterable[Timing]:
    for name, file in (("first reply only", FIRST), ("four measures", FULL)):
        rules = load_config(file).rules()
        events = write_events(rules, EVENTS)
        took = _best(lambda rules=rules, events=events: _apply(rules, events))  # type: ignore[misc]
        yield Timing(
            what=f"rules, an event, mixed traffic, {name}",
            unit="µs",
            got=took / len(events) * 1e6,
            asked=6,
        )


def _apply(rules: Rules, events: list[Event]) -> None:
    states: dict[str, Conversation] = {}
    for event in events:
        key = event.conversation_id
        states[key] = apply(key, states.get(key), event, rules, 0)[0]


def _hours() -> Iterable[Timing]:
    calendars = load_config(FULL).rules().calendars.values()
    calendar = max(calendars, key=lambda each: len(each.open_intervals(0, _YEAR)))
    random = Random(1)  # noqa: S311  no secret
    starts = [random.randrange(50 * _YEAR, 55 * _YEAR) for _ in range(_LOOK_UPS)]
    asked: dict[str, Callable[[int], object]] = {
        "elapsed": lambda at: calendar.elapsed(at, at + 300 * HOUR),
        "deadline": lambda at: calendar.deadline(at, 90 * MINUTE),
    }
    for name, look_up in asked.items():
        took = _best(lambda ask=look_up: [ask(at) for at in starts])  # type: ignore[misc]
        yield Timing(
            what=f"opening hours, {name}",
            unit="µs",
            got=took / len(starts) * 1e6,
            asked=2,
        )


def _files(folder: Path) -> Iterable[Timing]:
    """A file of traffic, ten times as long as what the others take."""
    path = folder / "events.jsonl"
    rules = load_config(FIRST).rules()
    count = 0
    with path.open("wb") as out:
        for event in write_events(rules, 10 * EVENTS):
            out.write(encode_event(event) + b"\n")
            count += 1
    for processes in ("1", "2"):
        command = [*_REPLYCLOCK, "replay", str(path), "--config", str(FIRST)]
        took = _once([*command, "--processes", processes])
        yield Timing(
            what=f"replay of {count:,} events, processes: {processes}",
            unit="events/s",
            got=count / took,
            asked=50_000,
            is_rate=True,
        )
    against = folder / "new.yaml"
    against.write_text(FIRST.read_text("utf-8").replace("15m", "10m"), "utf-8")
    backtest = [*_REPLYCLOCK, "backtest", str(path), "--config", str(FIRST)]
    took = _once([*backtest, "--against", str(against)])
    yield Timing(
        what=f"backtest of {count:,} events under two configs",
        unit="s",
        got=took,
        asked=60,
    )


async def _reload(folder: Path) -> list[Timing]:
    """200 policies and 50 calendars, and what a running loop feels of it."""
    path = folder / "sla.yaml"
    path.write_text(large_config(1), "utf-8")
    config = load_config(path)
    registry = CollectorRegistry()
    metrics = WorkerMetrics(config, registry)
    reloader = Reloader(path, config, ReloadMetrics(registry), time.time)
    await reloader.look()
    reloader.tells(metrics.take)
    reloader.tells(lambda new: _ask_all(new.rules()))
    longest, done = 0.0, False

    async def beat() -> None:
        nonlocal longest
        last = time.perf_counter()
        while not done:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            longest, last = max(longest, now - last - 0.001), now

    beating = asyncio.create_task(beat())
    path.write_text(large_config(2), "utf-8")
    began = time.perf_counter()
    outcome = await reloader.look()
    took = time.perf_counter() - began
    done = True
    await beating
    if not outcome.changed:
        raise RuntimeError(f"the bench's config was refused: {outcome.faults}")
    what = "reload of 200 policies, 50 calendars"
    return [
        Timing(what=what, unit="s", got=took, asked=1),
        Timing(what=f"{what}: longest pause", unit="ms", got=longest * 1000, asked=100),
    ]


def _ask_all(rules: Rules) -> None:
    """One look-up each, as the next events will do it."""
    now = time.time_ns() // 1_000_000
    for calendar in rules.calendars.values():
        calendar.deadline(now, HOUR)


def large_config(minutes: int) -> str:
    """200 policies over 50 calendars of half a dozen countries."""
    countries = islice(cycle(("DE", "FR", "GB", "US", "HU", "AT")), 50)
    calendars = "".join(
        f"  c{number}: {{timezone: Europe/Berlin, holidays: {{country: {country}}},"
        f' week: {{mon-fri: ["08:00-12:00", "13:00-17:{number:02}"]}}}}\n'
        for number, country in enumerate(countries)
    )
    policies = "".join(
        f"  - {{name: p{number}, match: {{tier: t{number}}}, calendar: c{number % 50},"
        f" targets: {{first_reply: {{within: {number + minutes}m, warn_at: [50%]}},"
        f" resolution: {number + 1}h}}}}\n"
        for number in range(200)
    )
    return (
        'version: 1\nqueues: {sales: {accounts: ["whatsapp:1"], calendar: c1}}\n'
        f"calendars:\n{calendars}policies:\n{policies}"
        "alerts: {routes: [{to: s}], receivers: {s: {slack: {channel: C1}}}}\n"
    )


def _best(work: Callable[[], object]) -> float:
    gc.disable()
    try:
        return min(_cpu(work) for _ in range(_REPEATS))
    finally:
        gc.enable()


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _once(command: list[str]) -> float:
    began = time.perf_counter()
    run(command, stdout=DEVNULL, stderr=DEVNULL, check=True)
    return time.perf_counter() - began
