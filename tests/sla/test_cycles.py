"""What stands of a clock whose breach was late news."""

from msgspec.structs import replace

from stream.config import parse_config
from stream.records import encode_event
from stream.replay.replay import Replay
from stream.sla.cycles import Cycle, Cycles
from stream.sla.events import Event
from stream.sla.instants import from_ms
from tests.timelines import CONFIG, at, customer, failure, reply

RULES = parse_config(CONFIG, "sla.yaml").rules()


def the_cycle(*events: tuple[Event, float]) -> Cycle:
    """Of one conversation; each event with the minute of its arrival."""
    replay, cycles = Replay(RULES), Cycles()
    lines = [
        encode_event(replace(event, received_at=from_ms(at(minute))))
        for event, minute in events
    ]
    cycles.add(replay.lines(lines))
    cycles.add(replay.run_until(at(60)))
    (cycle,) = cycles.by_key.values()
    assert cycle.noticed_at is not None
    return cycle


def test_a_wait_whose_answer_was_known_first_was_over_when_its_breach_was_noticed():
    """The question comes in after the reply to it."""
    assert the_cycle((reply(20), 20), (customer(0), 21)).was_over


def test_a_wait_that_ends_after_its_breach_was_noticed_was_not_over():
    """Told at the breach, answered later."""
    assert not the_cycle((customer(0), 0), (reply(20), 20)).was_over


def test_a_wait_that_goes_on_is_over_no_more():
    """The reply never reached the customer, who waits: somebody is told."""
    events = ((reply(20), 20), (customer(0), 21), (failure(22), 22))
    assert not the_cycle(*events).was_over
