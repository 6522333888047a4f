from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from grafana.queries import PanelQuery, UnknownVariableError, panel_queries

BUDAPEST = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 23, 10, 0, 30, tzinfo=BUDAPEST)


def dashboard(expr: str, queue: Any = "$__all") -> dict[str, Any]:
    return {
        "time": {"from": "now/d", "to": "now"},
        "templating": {
            "list": [
                {"name": "datasource", "type": "datasource"},
                {
                    "name": "queue",
                    "multi": True,
                    "allValue": ".+",
                    "current": {"value": queue},
                },
            ]
        },
        "panels": [
            {
                "id": 7,
                "title": "Waiting",
                "targets": [{"refId": "B", "expr": expr, "instant": True}],
            }
        ],
    }


def exprs(*args: Any) -> list[str]:
    return [query.expr for query in panel_queries(dashboard(*args), NOW)]


def test_query_is_told_with_its_panel() -> None:
    """A query knows the panel and target it answers."""
    (query,) = panel_queries(dashboard("up"), NOW)
    assert query == PanelQuery(
        panel="Waiting", panel_id=7, ref_id="B", expr="up", instant=True, step=36
    )


@pytest.mark.parametrize(
    ("queue", "filled"),
    [
        ("$__all", ".+"),
        (["$__all"], ".+"),
        ("sales", "sales"),
        (["sales"], "sales"),
        (["sales", "support"], "(sales|support)"),
    ],
    ids=str,
)
@pytest.mark.parametrize("written", ["$queue", "${queue}", "${queue:regex}"])
def test_queue_is_filled_in_as_a_pattern(written: str, queue: Any, filled: str) -> None:
    """Grafana writes one value as it is, several as alternatives, all as `allValue`."""
    assert exprs(f'x{{queue=~"{written}"}}', queue) == [f'x{{queue=~"{filled}"}}']


def test_range_is_todays() -> None:
    """Today began at the local midnight, ten hours and half a minute ago."""
    assert exprs("increase(x[$__range])") == ["increase(x[36030s])"]


def test_range_at_midnight_is_a_second() -> None:
    """A range of nothing is no PromQL."""
    midnight = NOW.replace(hour=0, minute=0, second=0)
    (query,) = panel_queries(dashboard("increase(x[$__range])"), midnight)
    assert query.expr == "increase(x[1s])"


def test_rate_interval_holds_four_scrapes() -> None:
    """Early in the day the step is a scrape, and four of them give a rate."""
    early = datetime(2026, 11, 23, 0, 1, tzinfo=UTC)
    (query,) = panel_queries(dashboard("rate(x[$__rate_interval])"), early)
    assert query.expr == "rate(x[20s])"


def test_unknown_variable_is_refused() -> None:
    """A typing error in a variable's name is told, not sent."""
    with pytest.raises(UnknownVariableError, match=r"\$qeue"):
        exprs('x{queue=~"$qeue"}')


def test_last_hours_begin_to_the_second() -> None:
    """`now-6h` is six hours, whatever the clock says."""
    other = {**dashboard("x[$__range]"), "time": {"from": "now-6h", "to": "now"}}
    (query,) = panel_queries(other, NOW)
    assert query.expr == "x[21600s]"


def test_a_target_may_want_wider_steps() -> None:
    """A panel of volume an hour has a point an hour, and a rate over as much."""
    hourly = dashboard("x[$__interval]")
    hourly["panels"][0]["targets"][0]["interval"] = "1h"
    (query,) = panel_queries(hourly, NOW)
    assert (query.step, query.expr) == (3_600, "x[3600s]")


def test_all_is_every_value_that_is_not_empty() -> None:
    """Without an `allValue` Grafana names the labels that it finds."""
    other = dashboard('x{queue=~"$queue"}')
    del other["templating"]["list"][1]["allValue"]
    (query,) = panel_queries(other, NOW)
    assert query.expr == 'x{queue=~".+"}'


@pytest.mark.parametrize(
    "time", [{"from": "now-1M", "to": "now"}, {"from": "now-6h", "to": "now-1h"}]
)
def test_range_that_is_not_known_is_refused(time: dict[str, str]) -> None:
    """What this module does not imitate it does not guess."""
    with pytest.raises(UnknownVariableError, match=time["from"]):
        panel_queries({**dashboard("x"), "time": time}, NOW)
