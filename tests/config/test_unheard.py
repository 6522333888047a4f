"""What nobody would hear, said by `check`."""

import pytest

from stream.config import parse_config
from stream.config.unheard import unheard

CONFIG = """
version: 1
timezone: Europe/Budapest
calendars:
  office: {week: {mon-fri: ["09:00-17:00"]}}
policies:
  - {name: all, targets: {first_reply: 5m}}
alerts:
  routes: [{to: desk}]
  receivers:
    desk: {slack: {channel: C1}, calendar: office, digest: "DIGEST"}
"""


@pytest.mark.parametrize("hour", ["08:45", "17:00"])
def test_a_digest_while_its_receiver_is_closed(hour: str) -> None:
    """Closed at that hour on every day: nobody is there to read it."""
    config = parse_config(CONFIG.replace("DIGEST", hour), "sla.yaml")
    path = ("alerts", "receivers", "desk", "digest")
    assert [*unheard(config, 2026)] == [
        (path, f"{hour} is never in its hours (office)")
    ]


def test_a_digest_to_alertmanager() -> None:
    """It knows states and no words."""
    sink = "alertmanager: {url_from: OPS}, digest"
    text = CONFIG.replace("slack: {channel: C1}, calendar: office, digest", sink)
    told = unheard(parse_config(text.replace("DIGEST", "08:45"), "x"), 2026)
    (path, said), _ = told
    assert path == ("alerts", "receivers", "desk", "digest")
    assert said == "Alertmanager takes no digest: nobody is told"


@pytest.mark.parametrize("hour", ["09:00", "16:59"])
def test_a_digest_in_open_hours(hour: str) -> None:
    """Weekends are no fault of it."""
    config = parse_config(CONFIG.replace("DIGEST", hour), "sla.yaml")
    assert [*unheard(config, 2026)] == []


def test_the_last_route_is_nobody_whom_alertmanager_tells() -> None:
    """Then another is to be named; Slack and a webhook can be told."""
    text = CONFIG.replace("DIGEST", "08:45")
    sink = text.replace(
        'slack: {channel: C1}, calendar: office, digest: "08:45"', "SINK"
    )
    path = ("alerts", "monitor")

    def said(receiver: str) -> list[object]:
        config = parse_config(sink.replace("SINK", receiver), "sla.yaml")
        return [text for at, text in unheard(config, 2026) if at == path]

    assert said("alertmanager: {url_from: OPS}") == [
        "name one that is slack or webhook: Alertmanager cannot tell 'desk'"
    ]
    assert said("webhook: {url_from: OPS}") == said("slack: {channel: C1}") == []
