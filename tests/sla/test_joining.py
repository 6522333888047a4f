"""One customer under two names, in any order (ADR 14)."""

from itertools import permutations

from hypothesis import given, note, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from stream.config import parse_config
from stream.records import decode_event, encode_event
from stream.replay.replay import Replay
from stream.sla.events import Event, MergedEvent
from stream.sla.facts import Fact, Reason
from stream.sla.instants import from_ms
from tests.oracle.conversations import conversations, promises, told
from tests.oracle.listening import LONG_AFTER
from tests.oracle.outcomes import in_the_end, outcomes
from tests.timelines import CONFIG, at, customer, reply

RULES = parse_config(CONFIG, "test.yaml").rules()
ONE, OTHER = "c", "other"


def under(name: str, event: Event) -> Event:
    return replace(event, conversation_id=name)


def merged(when: int, old: str = OTHER, new: str = ONE) -> MergedEvent:
    """It is learned that one is the other."""
    return MergedEvent(
        v=1,
        event_id=f"joined:{old}:{new}",
        occurred_at=from_ms(when),
        conversation_id=old,
        channel="whatsapp",
        account="1",
        into=new,
        same_customer=True,
    )


def played(rules, events: list[Event], first: int) -> list[Fact]:
    """Events as they arrive, a second after each other from `first` (ms) on."""
    run, facts = Replay(rules), []
    for number, event in enumerate(events):
        heard = replace(event, received_at=from_ms(first + number * 1000))
        wire = encode_event(heard)
        assert decode_event(wire) == heard
        facts += run.lines([wire])
    return [*facts, *run.run_until(first + LONG_AFTER)]


def stands(facts: list[Fact]):
    """What stands in the end, and in which conversation."""
    kept = [fact for fact in facts if fact.conversation_id == ONE]
    left = [fact for fact in facts if fact.conversation_id == OTHER]
    gone = {f.cycle for f in left if f.reason is Reason.SUPERSEDED}
    assert {f.cycle for f in left if f.cycle is not None} <= gone
    return in_the_end(outcomes(kept))


def test_asked_under_one_name_and_answered_under_another():
    """F1a to F1e in every order of arrival, also long after the deadline."""
    story = [
        under(OTHER, customer(0)),
        merged(at(2)),
        under(ONE, reply(3)),
        under(ONE, customer(5, "c2")),
        under(OTHER, reply(6, "r2")),
    ]
    plain = [under(ONE, e) for e in story if not isinstance(e, MergedEvent)]
    for first in (at(7), at(60)):
        wanted = stands(played(RULES, plain, first))
        for order in permutations(story):
            assert stands(played(RULES, list(order), first)) == wanted


def test_a_false_breach_of_the_half_that_moves_is_taken_back():
    """What was told of it is undone, once, with its alert."""
    run = Replay(RULES)
    told = [
        *run.lines([encode_event(under(OTHER, customer(0)))]),
        *run.run_until(at(30)),
        *run.lines([encode_event(under(ONE, reply(1)))]),
        *run.lines([encode_event(merged(at(31)))]),
    ]
    kinds = [(f.conversation_id, f.kind.value) for f in told]
    assert (OTHER, "breached") in kinds
    assert kinds[kinds.index((OTHER, "breached")) + 1 :] == [
        (OTHER, "breach_retracted"),
        (OTHER, "cancelled"),
        (OTHER, "session_ended"),
        (ONE, "session_opened"),
        (ONE, "clock_started"),
        (ONE, "met"),
    ]


def last_known(events: list[Event]):
    """Link and contact of what all of it became."""
    run = Replay(RULES)
    for fact in run.lines(map(encode_event, events)):
        assert isinstance(fact, Fact)
    state = run._states.get(ONE)
    return (None, None) if state is None else (state.link, state.contact)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(events=conversations(), data=st.data())
def test_link_and_contact_move_to_the_whole(events, data):
    """The latest that anybody bore, in whatever half and order, at its own time."""
    told = [
        replace(
            under(data.draw(st.sampled_from([ONE, OTHER])), event),
            link=data.draw(st.sampled_from([None, "https://x.y", "https://x.z"])),
            contact=data.draw(st.sampled_from([None, b"Ana", b"Bea"])),
        )
        for event in events
    ]
    # Learned at any time: what moves is no newer for that.
    joined = merged(data.draw(st.sampled_from([events[0].at, events[-1].at + 9000])))
    order = data.draw(st.permutations([*told, joined]))

    assert last_known(order) == (
        max(((e.at, e.link) for e in told if e.link), default=None),
        max(((e.at, e.contact) for e in told if e.contact), default=None),
    )


def test_names_in_a_circle_end():
    """Two that moved into each other send nothing to and fro for ever."""
    run = Replay(RULES)
    events = [merged(at(0)), merged(at(0), ONE, OTHER), under(ONE, customer(1))]

    assert [f for e in events for f in run.lines([encode_event(e)])] == []


@settings(max_examples=60, derandomize=True, deadline=None)
@given(given=promises(), events=conversations(), data=st.data())
def test_any_conversation_in_two_halves(given, events, data):
    """Whoever hears which word under which name, in any order: one conversation."""
    note(told(events))
    halves = [under(data.draw(st.sampled_from([ONE, OTHER])), e) for e in events]
    order = data.draw(st.permutations([*halves, merged(events[0].at)]))
    first = events[-1].at + data.draw(st.sampled_from([1000, 600_000, 7_200_000]))
    whole = [under(ONE, e) for e in order if not isinstance(e, MergedEvent)]

    assert stands(played(given.rules(), order, first)) == stands(
        played(given.rules(), whole, first)
    )
