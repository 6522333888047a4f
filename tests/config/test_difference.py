"""`check --diff`: what changes between two rules files, and for whom."""

import pytest

from stream.config import parse_config
from stream.config.difference import differences
from tests.config.test_config import GOOD

ROUTED = GOOD.replace(
    "routes: [{to: ops}]",
    "routes: [{match: {queue: sales}, to: ops}, {match: {policy: vip}, to: boss},"
    " {to: ops}]",
).replace("receivers: {", "receivers: {boss: {slack: {channel: C2}}, ")


def changes(old: str, new: str) -> list[str]:
    """What is said, a line each."""
    configs = parse_config(old, "old.yaml"), parse_config(new, "new.yaml")
    return [*map(str, differences(*configs))]


ROUTES = {
    "Another receiver.": (
        ("{queue: sales}, to: ops", "{queue: sales}, to: boss"),
        ["route of queue sales: to ops -> boss (alerts from now on)"],
    ),
    "Another of the last.": (
        ("{to: ops}]", "{to: boss}]"),
        [
            "monitor: ops -> boss (when replyclock monitoring has run)",
            "route of all others: to ops -> boss (alerts from now on)",
        ],
    ),
    "Somebody on call.": (
        ("{to: ops}]", "{to: {calendar: always, then: ops, else: boss}}]"),
        [
            "route of all others: to.calendar none -> always (alerts from now on)",
            "route of all others: to.else none -> boss (alerts from now on)",
        ],
    ),
    "Warnings, too.": (
        ("{policy: vip}, to: boss", "{policy: vip}, to: boss, tell: [warning, breach]"),
        [
            (
                "route of policy vip: tell breach escalation, warnings of window"
                " -> warning breach (alerts from now on)"
            )
        ],
    ),
    "Somebody else's.": (
        ("{queue: sales}", '{account: "whatsapp:1"}'),
        [
            "route of queue sales: is gone (alerts from now on)",
            "route of account 1, channel whatsapp: is new (alerts from now on)",
        ],
    ),
    "The other one first.": (
        (
            "{match: {queue: sales}, to: ops}, {match: {policy: vip}, to: boss}",
            "{match: {policy: vip}, to: boss}, {match: {queue: sales}, to: ops}",
        ),
        ["routes: stand in another order: the first match wins"],
    ),
    "One that can never match.": (
        ("{to: ops}]", "{match: {queue: sales}, to: boss}, {to: ops}]"),
        [],
    ),
}


@pytest.mark.parametrize(("change", "said"), ROUTES.values(), ids=ROUTES.keys())
def test_a_route_is_named_by_whose_it_is_and_what_of_it_changed(change, said):
    """Which alerts go elsewhere is read in one line."""
    assert ROUTED.count(change[0]) == 1

    assert changes(ROUTED, ROUTED.replace(*change)) == said


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("show_customer: name", "show_customer: none -> name"),
        ("storm: {threshold: 9}", "storm.threshold: 5 -> 9"),
        ("ack_expires: 1h", "ack_expires: 30m -> 1h"),
        ("may_act: [U0ANA]", "may_act: everyone -> U0ANA"),
        ("people: {agent-42: U0ANA}", "people.agent-42: none -> U0ANA"),
    ],
)
def test_what_alerts_are_like_is_a_difference(added, said):
    """Each key beside routes and receivers holds for all alerts."""
    new = GOOD.replace("alerts:\n", f"alerts:\n  {added}\n")

    assert changes(GOOD, new) == [f"{said} (alerts from now on)"]


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("monitor: two", "monitor: ops -> two"),
        ("watchdog: {url_from: SWITCH}", "watchdog: is another"),
        ("monitor: ops", None),
    ],
)
def test_whom_alertmanager_tells_is_a_difference(added, said):
    """`check --diff` says that a command is to be run; the default named is none."""
    text = GOOD.replace("receivers: {", "receivers: {two: {slack: {channel: C2}}, ")
    more = text.replace("alerts:\n", f"alerts:\n  {added}\n")
    old, new = parse_config(text, "old.yaml"), parse_config(more, "new.yaml")

    when = " (when replyclock monitoring has run)"
    assert [*map(str, differences(old, new))] == ([said + when] if said else [])
