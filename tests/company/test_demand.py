"""When customers write: as the profile asks, within the bounds of chance."""

import json
import os
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from stream.company.demand import Matter, demand
from stream.company.file import parse_profile
from stream.sla.instants import HOUR, from_ms, to_ms
from tests.company.weeks import RULES

_BESIDE = Path(__file__).parents[2].parent / "shared"
REAL = Path(os.environ.get("REPLYCLOCK_SHARED", _BESIDE)) / "data" / "twitter"
BEGIN, DAY = to_ms(datetime(2026, 11, 23, tzinfo=UTC)), 24 * HOUR

HOURS = [0] * 7 + [2] * 2 + [10] * 3 + [6] * 6 + [1] * 6
DAYS = [3, 2, 2, 2, 2, 1, 0]
PROFILE = """
conversations: 6000
volume:
  by_hour: {"00:00-07:00": 0, "07:00-09:00": 2, "09:00-12:00": 10, "12:00-18:00": 6}
  by_day: {mon: 3, tue-fri: 2, sun: 0}
accounts:
  "whatsapp:106540352242922": {weight: 3}
  "messenger:1234567890": {by_hour: {"12:00-18:00": 0}}
"""


def begun(text: str = "", seed: int = 1, weeks: int = 1) -> list[Matter]:
    profile = parse_profile(f"version: 1\n{text}", "profile.yaml", RULES)
    return demand(profile, RULES, seed, BEGIN, BEGIN + weeks * 7 * DAY)


def is_by_chance(found: Counter[int], asked: list[float]) -> None:
    """Pearson's chi-squared is below its 99.9 % point (Wilson and Hilferty's cube)."""
    whole, unit = found.total(), sum(asked)
    expected = {cell: whole * part / unit for cell, part in enumerate(asked) if part}
    assert found.keys() <= expected.keys()
    squared = sum((found[cell] - e) ** 2 / e for cell, e in expected.items())
    free = len(expected) - 1
    bound = free * (1 - 2 / (9 * free) + 3.09 * (2 / (9 * free)) ** 0.5) ** 3
    assert squared < bound


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_volume_is_that_of_the_profile(seed: int) -> None:
    """By weekday, by hour and by account; where a weight is 0, nobody writes."""
    matters = begun(PROFILE, seed)
    by_account = {
        name: [from_ms(m.at) for m in matters if m.account == name]
        for name in ("106540352242922", "1234567890")
    }
    whatsapp, messenger = by_account.values()

    assert abs(len(matters) - 6000) < 4 * 6000**0.5
    is_by_chance(Counter({0: len(whatsapp), 1: len(messenger)}), [3, 1])
    is_by_chance(Counter(at.weekday() for at in whatsapp), DAYS)
    is_by_chance(Counter(at.hour for at in whatsapp), HOURS)
    is_by_chance(Counter(at.hour for at in messenger), [1] * 12 + [0] * 6 + [1] * 6)


def test_customers_come_independently():
    """What is between two of them is exponential: 1/e of it longer than the mean."""
    at = [m.at for m in begun(f"conversations: 8000\n{EVEN}")]
    gaps = [after - before for before, after in pairwise(at)]
    mean = sum(gaps) / len(gaps)
    assert sum(gap > mean for gap in gaps) / len(gaps) == pytest.approx(0.368, abs=0.02)


EVEN = 'volume: {by_hour: {"00:00-24:00": 1}, by_day: {mon-sun: 1}}'


def test_hours_are_local():
    """At nine is at nine, in winter and in summer."""
    zone = ZoneInfo("America/New_York")
    text = f"version: 1\ntimezone: {zone}\nvolume: {{by_hour: {{'10:00-09:00': 0}}}}"
    profile = parse_profile(text, "p", RULES)
    for month in (1, 7):
        begin = to_ms(datetime(2026, month, 5, tzinfo=zone))
        found = demand(profile, RULES, 1, begin, begin + 7 * DAY)
        assert {from_ms(m.at).astimezone(zone).hour for m in found} == {9}


def spans(hours: list[int]) -> tuple[float, float]:
    """The shares of the quietest and of the busiest eight hours in a row."""
    sums = [sum((hours * 2)[first : first + 8]) / sum(hours) for first in range(24)]
    return min(sums), max(sums)


@pytest.mark.skipif(
    not (REAL / "events.jsonl").exists(),
    reason="the real conversations (shared/data/twitter) are not here",
)
def test_the_default_is_as_uneven_as_real_customers():
    """The quietest and the busiest eight hours, and weekends, of 521 conversations."""
    real: dict[str, datetime] = {}
    for line in (REAL / "events.jsonl").read_text("utf-8").splitlines():
        event = json.loads(line)
        at = datetime.fromisoformat(event["occurred_at"])
        if event["direction"] == "inbound":
            real.setdefault(event["conversation_id"], at)
    ours = [from_ms(matter.at) for matter in begun("conversations: 5000")]

    def shape(starts: list[datetime]) -> tuple[float, float, float]:
        hours = Counter(at.hour for at in starts)
        weekend = sum(at.weekday() >= 5 for at in starts) / len(starts)
        return *spans([hours[hour] for hour in range(24)]), weekend

    assert shape(ours) == pytest.approx(shape([*real.values()]), abs=0.03)
