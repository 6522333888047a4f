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
    assert panel_queries(dashboard("up"), NOW) == [
        PanelQuery(panel="Waiting", panel_id=7, ref_id="B", expr="up", instant=True)
    ]


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


def test_range_other_than_today_is_refused() -> None:
    """What this module does not imitate it does not guess."""
    other = {**dashboard("x"), "time": {"from": "now-6h", "to": "now"}}
    with pytest.raises(UnknownVariableError, match="now-6h"):
        panel_queries(other, NOW)
