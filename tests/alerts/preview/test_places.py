"""Where the stories of the preview play."""

from datetime import UTC, datetime
from pathlib import Path

from alerts.preview.places import places
from stream.config import load_config
from stream.sla.events import Channel
from stream.sla.facts import Measure
from stream.sla.instants import from_ms

FULL = load_config(Path(__file__).parents[3] / "config" / "full.yaml")
NINE = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""On a Monday in Budapest."""


def test_what_is_usual_comes_first():
    """The queue's own account, nothing known of the customer, on a Monday at nine."""
    first, *others = places(FULL, "sales", Measure.FIRST_REPLY)

    assert (first.channel, first.account) == (Channel.WHATSAPP, "106540352242922")
    assert (first.priority, first.tier, first.tags) == (None, None, ())
    assert from_ms(first.at) == NINE
    assert {place.tier for place in others} == {None, "gold"}
    assert {place.tags for place in others} == {(), ("complaint",)}


def test_a_policy_for_closed_hours_has_its_story_then():
    """The first such hour of the queue's calendar, after a Monday at nine."""
    hours = {from_ms(place.at) for place in places(FULL, "uk", Measure.FIRST_REPLY)}

    assert hours == {NINE}  # nine in Budapest is eight in London: closed as well
    hours = {from_ms(place.at) for place in places(FULL, "sales", Measure.FIRST_REPLY)}
    assert hours == {
        NINE,
        NINE.replace(hour=17),
    }


def test_what_no_policy_promises_has_no_place():
    """Nor has a queue whose policies promise something else."""
    small = load_config(Path(__file__).parents[3] / "config" / "sla.yaml")

    assert places(small, "sales", Measure.WINDOW) == []
