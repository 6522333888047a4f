"""Figures: what the play knows, what the worker counted, and what its facts come to.

All three are numbers by name (`dev/demo/matters.py`), and the figures are made of them.
"""

import math
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dev.demo.judgement import Line
from dev.demo.seen import ask_for_series
from stream.config import Config
from stream.figures.archive import Archive
from stream.figures.catalogue import FIGURES
from stream.figures.figure import Figure
from stream.figures.period import Period
from stream.figures.tables import Tables
from stream.figures.thresholds import thresholds
from stream.simulator.play import Truth
from stream.sla.facts import Fact
from stream.sla.hours import DAY

Numbers = Mapping[str, float]
Sample = tuple[str, Mapping[str, str], float]
"""Name without `replyclock_`, labels, value."""

_NAMES = {
    "session_outcomes_total": "{outcome}",
    "session_categories_total": "{category}",
    "handling_seconds_sum": "handled",
    "survey_answers_total": "{scale} {answer}",
    "survey_scores_total": "{scale} {answer} scores",
    "purchases_total": "purchases",
    "backlog": "backlog",
    "sessions_opened_total": "opened",
    "sessions_withdrawn_total": "-opened",
    "verdicts_total": "{measure} {verdict}",
    "retractions_total": "-{measure} {verdict}",
    "reply_seconds_sum": "{measure} waited",
    "reply_retracted_seconds_sum": "-{measure} waited",
    "reply_seconds_count": "{measure} answered",
    "reply_retracted_seconds_count": "-{measure} answered",
}
"""What a metric's series are called here; `-`: they are subtracted."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A figure: `of` numbers, and as a `column` of the offline `figure`.

    `category`: of sessions that bear it.
    """

    title: str
    of: Callable[[Numbers], float]
    figure: str
    column: str
    category: str | None = None


def _share(part: float, *whole: float) -> float:
    return part / sum(whole) if sum(whole) else math.nan


def _nps(n: Numbers) -> float:
    answers = n["nps good"], n["nps middling"], n["nps bad"]
    return 100 * _share(n["nps good"] - n["nps bad"], *answers)


def _value(n: Numbers) -> float:
    answers = n["emotion good"], n["emotion middling"], n["emotion bad"]
    good, bad = n["emotion good scores"], n["emotion bad scores"]
    return _share(good, *answers) - _share(bad, *answers)


def _content(n: Numbers) -> float:
    return _share(n["csat good"], n["csat good"], n["csat middling"], n["csat bad"])


JUDGED = (
    Judged(
        "handling time, mean in s",
        lambda n: _share(n["handled"], n["resolved"]),
        *("handling_time", "mean_s"),
    ),
    Judged(
        "one-reply resolution",
        lambda n: _share(n["one_reply"], n["resolved"]),
        *("one_reply_resolution", "one_reply_share"),
    ),
    Judged(
        "automated resolution",
        lambda n: _share(n["automated"], n["resolved"]),
        *("automated_resolution", "automated_share"),
    ),
    Judged(
        "abandonment",
        lambda n: _share(n["abandoned"], n["ended"]),
        *("abandonment", "abandoned_share"),
    ),
    Judged("volume", lambda n: n["opened"], "volume", "n"),
    Judged("backlog", lambda n: n["backlog"], "backlog", "n"),
    Judged(
        "service level, first reply",
        lambda n: _share(
            n["first_reply met"], n["first_reply met"], n["first_reply breached"]
        ),
        *("service_level", "share"),
    ),
    Judged(
        "category website",
        lambda n: n["website"],
        *("categories", "n", "website"),
    ),
    Judged("category other", lambda n: n["other"], "categories", "n", "other"),
    Judged("CSAT", _content, "csat", "content"),
    Judged("NPS", _nps, "nps", "nps"),
    Judged(
        "CES, mean",
        lambda n: _share(n["ces given scores"], n["ces given"]),
        *("ces", "mean"),
    ),
    Judged("net emotional value", _value, "net_emotional_value", "value"),
    Judged("purchases", lambda n: n["purchases"], "converted_amount", "n"),
)


def known(truth: Truth) -> Numbers:
    """What the play knows: nothing ends but matters, and what ends is no backlog."""
    return defaultdict(
        float,
        truth.figures
        | {
            "opened": truth.sessions,
            "backlog": truth.sessions - truth.figures.get("ended", 0),
            "first_reply met": truth.met,
            "first_reply breached": truth.breached,
        },
    )


def counted(samples: Iterable[Sample]) -> Numbers:
    """What the worker's metrics say."""
    numbers: dict[str, float] = defaultdict(float)
    for metric, labels, value in samples:
        if metric in _NAMES:
            name = _NAMES[metric].format(**labels)
            numbers[name.lstrip("-")] += -value if name[0] == "-" else value
    return numbers


def ask_for_samples(prometheus: str) -> list[Sample]:
    """What Prometheus has of these metrics."""
    names = "|".join(f"replyclock_{name}" for name in _NAMES)
    return [
        (
            each["metric"]["__name__"].removeprefix("replyclock_"),
            each["metric"],
            float(each["value"][1]),
        )
        for each in ask_for_series(prometheus, f'{{__name__=~"{names}"}}')
    ]


def judge_live(truth: Truth, samples: Iterable[Sample]) -> list[Line]:
    """A line a figure, and one that says how many of the numbers are others."""
    expected, found = known(truth), counted(samples)
    wrong = sum(found[name] != number for name, number in expected.items())
    return [
        *(Line(f"live: {j.title}", j.of(expected), j.of(found)) for j in JUDGED),
        Line("live: numbers that differ", 0, wrong),
    ]


def judge_offline(
    truth: Truth, facts: Sequence[Fact], config: Config, folder: Path
) -> list[Line]:
    """The same of an archive of the facts, which is made in `folder`."""
    expected = known(truth)
    found = offline(facts, config, folder)
    return [Line(f"offline: {j.title}", j.of(expected), found[j.title]) for j in JUDGED]


def offline(facts: Sequence[Fact], config: Config, folder: Path) -> dict[str, float]:
    """The figures of all facts there are, by their titles."""
    shutil.rmtree(folder, ignore_errors=True)
    with Archive(folder) as archive:
        for place, fact in enumerate(facts):
            archive.add(fact, place)
        for _ in archive.write():
            pass
    tomorrow = time.time_ns() // 1_000_000 + DAY
    files = sorted(folder.glob("*.parquet"))
    catalogue = {figure.name: figure for figure in FIGURES}
    with duckdb.connect() as sql:
        tables = Tables(sql, files, thresholds(config))
        return {
            judged.title: _column(judged, catalogue[judged.figure], tables, tomorrow)
            for judged in JUDGED
        }


def _column(judged: Judged, figure: Figure, tables: Tables, until: int) -> float:
    by = () if judged.category is None else ("category",)
    rows = figure.of(tables, Period(0, until), by)
    [row] = [row for row in rows if row.get("category") == judged.category]
    value = row[judged.column]
    return math.nan if value is None else float(value)
