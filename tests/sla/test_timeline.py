"""The timeline: what was said, in order of event time, whatever the arrival."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from stream.sla.events import (
    AssignmentEvent,
    AttributesEvent,
    Author,
    AuthorKind,
    DeliveryEvent,
    DeliveryState,
    Direction,
    MergedEvent,
    MessageEvent,
    Nature,
    SpamEvent,
    Status,
    StatusEvent,
)
from stream.sla.facts import Reason
from stream.sla.instants import from_ms
from stream.sla.timeline import Turn, TurnKind, failures, insert, turn_of
from tests.timelines import at, closed, customer, failure, reply

instants = st.integers(0, 5)
refs = st.integers(0, 3)
outbounds = st.builds(
    Turn,
    instants,
    st.just(TurnKind.OUTBOUND),
    refs,
    st.sampled_from([kind for kind in AuthorKind if kind != AuthorKind.CUSTOMER]),
    st.sampled_from([Nature.PLAIN, Nature.TEMPLATE, Nature.AUTOMATION]),
    st.none() | st.sampled_from(["x", "y"]),
)
OTHERS = [TurnKind.CUSTOMER, TurnKind.FAILURE, TurnKind.DELIVERED]
others = st.builds(Turn, instants, st.sampled_from(OTHERS), refs)


def grown(turns) -> tuple[Turn, ...]:
    timeline: tuple[Turn, ...] = ()
    for turn in turns:
        timeline = insert(timeline, turn)
    return timeline


@settings(max_examples=300, deadline=None)
@given(st.lists(outbounds | others, max_size=8), st.data())
def test_any_order_ends_in_the_same_timeline(turns, data):
    """Merging is commutative, associative and idempotent."""
    shuffled = data.draw(st.permutations(turns))
    timeline = grown(turns)

    assert timeline == grown(shuffled)
    for turn in turns:
        assert insert(timeline, turn) is timeline


def test_at_one_instant_the_customer_speaks_first():
    """A channel that tells whole seconds: message, answer, failure, close."""
    steps = (closed(1), failure(1), reply(1), customer(1))
    kinds = [turn.kind for turn in grown(map(turn_of, steps))]

    assert kinds == [
        TurnKind.CUSTOMER,
        TurnKind.OUTBOUND,
        TurnKind.FAILURE,
        TurnKind.END,
    ]


def test_what_is_known_for_sure_beats_a_guess():
    """Of one reply told twice: the earliest time, the best author, any nature."""
    guess = Turn(5, TurnKind.OUTBOUND, 1, AuthorKind.UNKNOWN, Nature.TEMPLATE)
    known = Turn(7, TurnKind.OUTBOUND, 1, AuthorKind.BOT, Nature.PLAIN, "greeter")

    assert grown([guess, known]) == (
        Turn(5, TurnKind.OUTBOUND, 1, AuthorKind.BOT, Nature.TEMPLATE, "greeter"),
    )


def _envelope(**own):
    told = customer(0)
    return {
        "v": 1,
        "event_id": "e",
        "occurred_at": from_ms(at(0)),
        "conversation_id": "c",
        "channel": told.channel,
        "account": "1",
        **own,
    }


def test_ends_have_their_reason():
    """Closed, spam and merged end a session, each for its reason."""
    ends = [
        StatusEvent(**_envelope(status=Status.CLOSED)),
        SpamEvent(**_envelope()),
        MergedEvent(**_envelope(into="other")),
    ]

    assert [(turn_of(end).kind, turn_of(end).reason) for end in ends] == [
        (TurnKind.END, reason) for reason in (Reason.CLOSED, Reason.SPAM, Reason.MERGED)
    ]


def test_what_the_clocks_do_not_hear_is_no_turn():
    """What was only sent, reactions and notes are not on the timeline."""
    silent = [DeliveryEvent(**_envelope(message_id="m", state=DeliveryState.SENT))]
    silent += [
        reply(1, nature=nature)
        for nature in (Nature.REACTION, Nature.EDIT, Nature.DELETION, Nature.NOTE)
    ]

    assert [turn_of(event) for event in silent] == [None] * len(silent)


def test_other_statuses_pause_resume_and_reopen():
    """Only `closed` ends; the others are on the timeline as they are."""
    statuses = [status for status in Status if status is not Status.CLOSED]
    turns = [turn_of(StatusEvent(**_envelope(status=status))) for status in statuses]

    assert [(turn.kind, turn.status) for turn in turns] == [
        (TurnKind.STATUS, status) for status in statuses
    ]


def test_who_has_the_work_is_on_the_timeline():
    """Attributes bear their values; an assignment to null says: nobody."""
    given = AssignmentEvent(**_envelope(queue="sales", assignee=None))
    tagged = AttributesEvent(**_envelope(tags=("b", "a"), tier="vip"))

    assert turn_of(given).kind is TurnKind.ATTRIBUTES
    assert turn_of(given).said == (("queue", "sales"), ("assignee", None))
    assert turn_of(tagged).said == (("tier", "vip"), ("tags", ("a", "b")))
    assert turn_of(customer(0, queue="sales")).said == (("queue", "sales"),)


def test_what_comes_from_the_future_happened_when_it_arrived():
    """A source whose clock is ahead cannot put words after their arrival."""
    event = replace(customer(5), received_at=from_ms(at(3)))

    assert turn_of(event).at == at(3)


def test_a_failure_bears_the_message_that_failed():
    """A failure and its reply meet by their id, whichever comes first."""
    assert turn_of(failure(4)).ref == turn_of(reply(3)).ref
    assert turn_of(customer(0)).kind is TurnKind.CUSTOMER
    assert customer(0).direction is Direction.INBOUND


@pytest.mark.parametrize("order", [*permutations(["message", "read", "failed"])])
def test_delivered_beats_failed_in_any_order(order):
    """The message bears that somebody got it, which is all that is kept (2.14)."""
    turns = ()
    for what in order:
        state = DeliveryState.READ if what == "read" else DeliveryState.FAILED
        receipt = DeliveryEvent(**_envelope(message_id="r1", state=state))
        turns = insert(turns, turn_of(reply(1) if what == "message" else receipt))

    assert [turn.kind for turn in turns if turn.kind is not TurnKind.FAILURE] == [
        TurnKind.OUTBOUND
    ]
    assert failures(turns) == frozenset()


@pytest.mark.parametrize(
    "said",
    [
        {"nature": Nature.AUTOMATION, "author": Author(kind=AuthorKind.CUSTOMER)},
        {"author": Author(kind=AuthorKind.BOT)},
        {"author": Author(kind=AuthorKind.SYSTEM)},
    ],
)
def test_who_speaks_decides_not_the_direction(said):
    """An out-of-office reply comes in, and nobody waits for an answer (2.15)."""
    words = {"message_id": "m", "direction": Direction.INBOUND}

    assert turn_of(MessageEvent(**_envelope(**words, **said))) is None
