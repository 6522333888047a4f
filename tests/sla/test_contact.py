"""Who a customer is goes along, sealed: from the words to the facts of clocks."""

from msgspec.structs import replace

from stream.config import parse_config
from stream.sla.facts import FactKind
from tests.timelines import CONFIG, Timeline, customer, reply

RULES = parse_config(CONFIG, "test.yaml").rules()


def test_the_facts_of_clocks_bear_the_latest_contact():
    """A breach names who waits as they were called last; a session says nothing."""
    first, then = customer(0, "c1"), customer(3, "c2")
    line = Timeline(RULES).play(
        replace(first, contact=b"Ana"),
        replace(then, contact=b"Ana, her new name"),
        11,
        reply(12),
    )

    borne = {fact.kind: fact.contact for fact in line.facts}
    assert borne == {
        FactKind.SESSION_OPENED: None,
        FactKind.CLOCK_STARTED: b"Ana",
        FactKind.WARNED: b"Ana, her new name",
        FactKind.BREACHED: b"Ana, her new name",
        FactKind.ANSWERED_LATE: b"Ana, her new name",
    }


def test_a_contact_is_no_part_of_a_facts_name():
    """A key that is rotated, or taken out, makes no new statement."""
    plain = Timeline(RULES).play(customer(0), 11, reply(12)).facts
    named = Timeline(RULES).play(replace(customer(0), contact=b"x"), 11, reply(12))

    assert [f.fact_id for f in named.facts] == [f.fact_id for f in plain]
