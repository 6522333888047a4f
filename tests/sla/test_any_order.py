"""Whatever the order of arrival, the end is that of the ordered stream (3.2).

The oracle below knows nothing of timelines, clocks or facts: it answers "who was
waiting, and for how long" by looking at the finished list of what happened.
"""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from stream.config import parse_config
from stream.records import decode_fact, encode_fact
from stream.sla.conversation import Applied, apply, conclude, due_at
from stream.sla.events import AuthorKind, DeliveryEvent, MessageEvent, StatusEvent
from stream.sla.facts import FactKind, Reason, Verdict
from stream.sla.instants import HOUR, MINUTE
from stream.worker.table import decode_state, encode_state
from tests.timelines import CONFIG, START, at, closed, customer, failure, reply

RULES = parse_config(CONFIG, "test.yaml").rules()
TARGET = 10 * MINUTE
GAP = 24 * HOUR

contacts = st.sampled_from([None, b"Ana", b"Ana, who has a number", b"Bea"])
"""Sealed; what is in it the rules cannot know."""

minutes = st.one_of(
    st.integers(0, 30), st.sampled_from([24 * 60 + 5, 24 * 60 + 9, 24 * 60 + 40])
)


@st.composite
def happenings(draw):
    """Things of one conversation, each with a name of its own."""
    things = []
    for number in range(draw(st.integers(1, 8))):
        minute = draw(minutes)
        match draw(st.sampled_from("ccrrbfx")):
            case "c":
                words = customer(minute, f"c{number}")
                things.append(replace(words, contact=draw(contacts)))
            case "r":
                things.append(reply(minute, f"r{number}"))
            case "b":
                things.append(reply(minute, f"b{number}", author=AuthorKind.BOT))
            case "f":
                things.append(reply(minute, f"f{number}"))
                things.append(failure(minute + draw(st.integers(0, 5)), f"f{number}"))
            case _:
                things.append(closed(minute))
    return things


@dataclass
class Wait:
    """What the oracle says of one session."""

    start: int
    verdict: Verdict | None = None


def oracle(things) -> list[Wait]:
    """The waits of a finished conversation, long after its last word."""
    failed = {t.message_id for t in things if isinstance(t, DeliveryEvent)}
    # At one instant: the customer, then the answer, then the close.
    words = sorted(
        (
            thing
            for thing in {(t.at, t.event_id): t for t in things}.values()
            if not isinstance(thing, DeliveryEvent)
            and not (isinstance(thing, MessageEvent) and thing.message_id in failed)
        ),
        key=lambda thing: (thing.at, _rank(thing)),
    )
    waits: list[Wait] = []
    is_open, is_owed, last_word = False, False, 0
    for word in words:
        is_open &= is_owed or word.at - last_word <= GAP
        if isinstance(word, StatusEvent):
            if is_open:
                _give_up(waits[-1], word.at)
            is_open = is_owed = False
        elif word.author.kind is AuthorKind.CUSTOMER:
            if not is_open:
                waits.append(Wait(word.at))
            is_open, is_owed, last_word = True, True, word.at
        elif is_open:
            last_word = word.at
            if word.author.kind is AuthorKind.AGENT:
                is_owed = False
                if waits[-1].verdict is None:
                    in_time = word.at - waits[-1].start <= TARGET
                    waits[-1].verdict = Verdict.MET if in_time else Verdict.BREACHED
    for wait in waits:
        wait.verdict = wait.verdict or Verdict.BREACHED
    return waits


def _give_up(wait: Wait, when: int) -> None:
    if wait.verdict is None:
        in_time = when - wait.start <= TARGET
        wait.verdict = Verdict.CANCELLED if in_time else Verdict.BREACHED


def _rank(thing) -> int:
    if isinstance(thing, StatusEvent):
        return 2
    return 0 if thing.author.kind is AuthorKind.CUSTOMER else 1


def run(things, timers):
    """Feed `things` in this order; after each, pass the instants in `timers`.

    Facts and states go through their codecs, as they do on the wire.
    """
    state, facts = None, []
    for index, thing in enumerate(things):
        state, new, _ = apply("c", state, thing, RULES, thing.at)
        facts += new
        state = decode_state(encode_state(index, state)).conversation
        passed = timers[index % len(timers)] if timers else None
        if passed is not None and state.told and due_at(state, RULES) <= at(passed):
            state, new = conclude("c", state, due_at(state, RULES), RULES, at(passed))
            facts += new
            if state is None:
                break
    return state, [decode_fact(encode_fact(fact)) for fact in facts]


def finish(state, facts):
    """Let all the time pass that any clock could need, but keep the state."""
    end = max(turn.at for turn in state.turns) + GAP
    while (due := due_at(state, RULES)) <= end:
        state, new = conclude("c", state, due, RULES, due)
        facts = [*facts, *new]
    return state, facts


def verdicts(facts) -> dict[int, Verdict]:
    """What stands for each cycle, by reading the facts as any consumer would."""
    stands: dict[int, Verdict] = {}
    for fact in facts:
        if fact.measure is None:
            continue
        if fact.replaces is not None:
            assert stands.pop(fact.cycle) is fact.replaces
        if fact.kind in set(Verdict) and fact.reason is not Reason.SUPERSEDED:
            assert fact.cycle not in stands
            stands[fact.cycle] = Verdict(fact.kind.value)
    return stands


@settings(max_examples=600, deadline=None)
@given(things=happenings(), data=st.data())
def test_verdicts_are_the_oracles(things, data):
    """Shuffled, repeated, with timers in between: the verdicts are the oracle's."""
    order = data.draw(st.permutations(things))
    repeated = [*order, *data.draw(st.lists(st.sampled_from(things), max_size=3))]
    expected = {wait.start: wait.verdict for wait in oracle(things)}

    state, facts = run(repeated, [])
    if state is not None and state.turns:
        state, facts = finish(state, facts)

    assert verdicts(facts) == expected


@settings(max_examples=300, deadline=None)
@given(things=happenings(), data=st.data())
def test_timers_in_between_change_no_end(things, data):
    """A breach concluded too early is taken back; the end is the same."""
    timers = data.draw(st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=1))
    order = data.draw(st.permutations(things))
    expected = {wait.start: wait.verdict for wait in oracle(things)}

    state, facts = run(order, timers)
    if state is not None and state.turns:
        state, facts = finish(state, facts)

    assert verdicts(facts) == expected


def as_it_runs(clock):
    """Without what was told of it early: a breach that news implied still stands.

    Nor when its news came, and what was told and taken back on the way.
    """
    verdict = None if clock.over_at is None else clock.verdict
    told = {"warned": 0, "due": None, "known_at": 0, "gone": (), "life": 0}
    return replace(clock, **told, verdict=verdict)


def without_warnings(state):
    """The sessions as told, but for warnings: one given too early was still given."""
    return [
        (
            told.opened_at,
            told.ended_at,
            [as_it_runs(clock) for clock in told.clocks],
        )
        for told in state.told
    ]


def concluded(things):
    """The state behind `things` when all that they passed is settled (6.13).

    Until then an end is pending where it is news, and told where it was told before.
    """
    state, _ = run(things, [])
    last = max(thing.at for thing in things)
    return conclude("c", state, last, RULES, last)[0]


@settings(max_examples=200, deadline=None)
@given(things=happenings(), data=st.data())
def test_final_state_is_that_of_the_ordered_stream(things, data):
    """The state after a shuffle is the state after the ordered stream."""
    ordered = sorted(things, key=lambda t: t.at)
    shuffled = data.draw(st.permutations(things))

    first, second = concluded(ordered), concluded(shuffled)
    borne = [(thing.at, thing.contact) for thing in things if thing.contact]

    assert first.turns == second.turns
    assert first.contact == second.contact == max(borne, default=None)
    assert without_warnings(first) == without_warnings(second)


@given(things=happenings())
def test_an_event_said_twice_changes_nothing(things):
    """A repeated event is a duplicate: same state, no facts."""
    state, _ = run(things, [])

    for thing in things:
        again, facts, applied = apply("c", state, thing, RULES, thing.at)
        assert (again, facts) == (state, [])
        assert applied is not Applied.APPLIED


@given(things=happenings(), data=st.data())
def test_fact_ids_are_the_same_on_every_replay(things, data):
    """Replaying the same events in the same order gives the same facts."""
    order = data.draw(st.permutations(things))

    assert [f.fact_id for f in run(order, [])[1]] == [
        f.fact_id for f in run(order, [])[1]
    ]


@given(things=happenings())
def test_a_cycle_has_one_clock_start(things):
    """A cycle starts once, unless its cancellation was taken back."""
    _, facts = run(sorted(things, key=lambda t: t.at), [])
    starts = [
        f.cycle for f in facts if f.kind is FactKind.CLOCK_STARTED and not f.replaces
    ]

    assert len(starts) == len(set(starts))
    assert all(start >= START for start in starts)
