"""The wall's figures of all its queues, and whether they can be believed."""

from collections.abc import Sequence
from typing import Final

from grafana_foundation_sdk.builders import stat

from grafana import expressions as ask
from grafana.pieces import AT_RISK, BROKEN, READABLE_PX, cells, step, text
from grafana.service_level import service_level

_SOME: Final = "[1-9].*"


def now() -> Sequence[stat.Panel]:
    """Who is late, who soon will be, who waits longest; ids 2 to 4."""
    late = (
        _tile("Late", ask.how_many("breached"), {_SOME: BROKEN}, 120)
        .id(2)
        .title("Promise broken, still waiting")
        .description(
            "Customers to whom a promise is broken and still owed: a first or next"
            " reply, a resolution, the platform's window. Each counts once."
        )
    )
    risk = (
        _tile("At risk", ask.how_many("at_risk"), {_SOME: AT_RISK}, 90)
        .id(3)
        .title("Past the first warning point")
        .description(
            "Customers whose promise is about to break: past its first warning point"
            " (warn_at of config/sla.yaml), and nothing broken yet. Each counts once."
        )
    )
    longest = (
        _tile("Longest", ask.how_long(), {}, 90)
        .id(4)
        .title("Longest wait, in open time")
        .description(
            "How long the customer who has waited longest has waited, in the time of"
            " the promise: closed hours and pauses are left out."
        )
    )
    return [late, risk, longest]


def today() -> stat.Panel:
    return (
        _tile("Today", service_level(), {".* under .*": BROKEN}, READABLE_PX)
        .id(5)
        .title("Service level today, of what is promised")
        .description(
            "First and next replies in time, of all decided since midnight, without"
            " retracted verdicts; cancelled ones do not count. Beside it the objective"
            " (config/sla.yaml), each queue's by its share of today's replies. It is of"
            " what was decided, so it stands while the wall is 'partial': what breaks"
            " unwatched is counted when a worker takes it over."
        )
    )


def trust() -> stat.Panel:
    return (
        _tile("Wall", ask.trust(), {"storm|muted|storm, muted": AT_RISK}, 72)
        .id(6)
        .title("Can this wall be believed?")
        .description(
            "'live': yes. 'partial': some conversations are watched by nobody."
            " 'delayed': events are applied late. 'source silent': an account was not"
            " heard of for silence_after of open time. 'storm': alerts come as one"
            " list. 'muted': alerts of a queue are told to nobody. The most serious is"
            " said; 'storm, muted': both are so."
        )
    )


def _tile(name: str, expr: str, colours: dict[str, str], px: int) -> stat.Panel:
    # The cell's name is the one label beside `says`, so the tile's is a label, too.
    named = f'label_replace({expr}, "name", "{name}", "", "")'
    return (
        cells(named, colours)
        .with_transformation(step("organize", excludeByName={"Value": True}))
        .text(text(px=px))
    )
