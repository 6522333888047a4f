"""Who waits now: the index behind the gauges."""

from weakref import ref

from stream.config import parse_config
from stream.sla.facts import Measure
from stream.worker.waiting import Band, Open, Waiting
from tests.timelines import CONFIG, Timeline, at, closed, customer, reply

RULES = parse_config(CONFIG, "test.yaml").rules()
MINE = frozenset({0})
PLACE = ("whatsapp", "sales")


def index(*steps) -> list[Open]:
    """The open sessions once a conversation got so far."""
    waiting = Waiting()
    for end in range(1, len(steps) + 1):
        state = Timeline(RULES).play(*steps[:end]).state
        waiting.put(0, b"c", state, RULES)
    return waiting.open_sessions(MINE)


def test_a_customer_without_a_reply_waits():
    """An open session has the wait that its clock counts."""
    [session] = index(customer(0))
    [wait] = session.waits

    assert (session.place, session.band, session.risk_at) == (PLACE, Band.OK, at(5))
    assert (wait.kind.measure, wait.kind.place) == (Measure.FIRST_REPLY, PLACE)
    assert (wait.kind.breached, wait.kind.paused, wait.pauses) == (False, False, None)
    assert (wait.started_at, wait.risk_at, wait.deadline) == (at(0), at(5), at(10))


def test_after_the_breach_the_wait_goes_on():
    """A breached wait is still a wait, and says so."""
    [session] = index(customer(0), 10.0)
    [wait] = session.waits

    assert session.band is Band.BREACHED
    assert (wait.kind.breached, wait.deadline) == (True, at(10))


def test_an_answered_session_is_open_without_a_wait():
    """A reply, in time or late, ends the wait and not the session."""
    assert index(customer(0), reply(3)) == [Open(PLACE, at(0), ())]
    assert index(customer(0), 10.0, reply(12)) == [Open(PLACE, at(0), ())]


def test_waits_of_a_kind_share_it_until_the_rules_change():
    """A million waits are of a few kinds; those of rules of before are not kept."""
    waiting = Waiting()
    state = Timeline(RULES).play(customer(0)).state
    for key in (b"a", b"b"):
        waiting.put(0, key, state, RULES)
    [one, other] = [session.waits[0].kind for session in waiting.open_sessions(MINE)]
    assert one is other

    later = parse_config(CONFIG, "test.yaml").rules().after(RULES)
    for key in (b"a", b"b"):
        waiting.put(0, key, state, later)
    reference = ref(one)
    del one, other
    assert reference() is None


def test_a_closed_session_is_gone():
    """What is closed is not counted."""
    assert index(customer(0), closed(3)) == []


def test_the_queue_of_the_event_holds():
    """A conversation counts where the work is now."""
    assert index(customer(0, queue="support"))[0].place[1] == "support"


def test_partitions_that_left_are_not_counted():
    """Only asked partitions are told; a dropped one leaves nothing behind."""
    waiting = Waiting()
    state = Timeline(RULES).play(customer(0)).state
    for partition in (0, 1):
        waiting.put(partition, b"c", state, RULES)

    assert len(waiting.open_sessions(frozenset({0, 1, 2}))) == 2
    assert len(waiting.open_sessions(MINE)) == 1
    waiting.drop(0)
    assert waiting.open_sessions(MINE) == []


def test_a_forgotten_conversation_is_gone():
    """No state, no entry."""
    waiting = Waiting()
    waiting.put(0, b"c", Timeline(RULES).play(customer(0)).state, RULES)
    waiting.put(0, b"c", None, RULES)

    assert waiting.open_sessions(MINE) == []
