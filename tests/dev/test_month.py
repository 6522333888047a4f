import json
import subprocess
from pathlib import Path

import promql_parser as promql

from dev.month.__main__ import RULES
from dev.month.figures import counted, current, recorded
from dev.month.series import DAY, Day, Series
from dev.month.unrecorded import recordings, unrecorded
from grafana.build import DASHBOARDS, dashboard_json

COUNTED = {"queue:a:increase5m": "(sum by (queue) (increase(a_total[5m])))"}
SUMMED = {"queue:b:sum": "(sum by (queue) (replyclock_b))"}


def test_a_recorded_count_becomes_the_count_over_the_range() -> None:
    """Matchers, range and offset go to what was recorded."""
    asked = 'sum(sum_over_time(queue:a:increase5m{queue="x"}[30d] offset 1d))'
    assert unrecorded(asked, COUNTED) == (
        'sum((sum by (queue) (increase(a_total{queue="x"}[30d] offset 1d))))'
    )


def test_a_recorded_sum_becomes_the_sum() -> None:
    """The gauge itself is asked, with the same matchers."""
    assert unrecorded('max(queue:b:sum{queue="x"})', SUMMED) == (
        'max((sum by (queue) (replyclock_b{queue="x"})))'
    )


def test_nothing_recorded_is_left_of_a_query() -> None:
    """Without recordings each query of the desk is one that Prometheus takes."""
    recorded = recordings(RULES)
    for name in (name for name in DASHBOARDS if name != "wall"):
        for panel in json.loads(dashboard_json(name))["panels"]:
            for target in panel["targets"]:
                plain = unrecorded(target["expr"], recorded)
                assert not any(name in plain for name in recorded)
                promql.parse(
                    plain.replace("$__rate_interval", "5m").replace("$__range", "1d")
                )


def test_series_of_one_name_are_together(tmp_path: Path) -> None:
    """So that promtool takes a day: a name may not come twice in OpenMetrics."""
    some = [*current(1), *counted(1), *recorded(1)]
    names = [one.name for one in some]
    assert sorted(set(names), key=names.index) == [
        name for n, name in enumerate(names) if n == 0 or names[n - 1] != name
    ]
    file = tmp_path / "day.om"
    day = Day(20_000 * DAY, DAY // 4)
    file.write_text("".join(one.over(day) for one in some) + "# EOF\n", "utf-8")
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics"]
    subprocess.run([*command, file, tmp_path / "data"], check=True, capture_output=True)


def test_a_counter_never_falls() -> None:
    """Neither within a day nor from one day to the next."""
    lines = "".join(
        Series("a", {}, share=0.5).over(Day(day * DAY, 3_600))
        for day in (20_000, 20_001)
    ).splitlines()
    values = [int(line.split()[1]) for line in lines]
    assert len(values) == 48
    assert values == sorted(values)


def test_all_that_is_recorded_is_written() -> None:
    """A recording that is new must be filled in here, too, to be measured."""
    written = {one.name for one in (*recorded(1), *current(1))}
    assert set(recordings(RULES)) <= written
