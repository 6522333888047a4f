"""What an alert looks like after its cycle's facts."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import Alert, Told, alert_key, concerns_alerts
from alerts.folding import SHOWN_TRANSITIONS, fold
from stream.sla.facts import Fact, FactKind, Reason, Verdict
from tests.alerts.cycles import Cycle

CYCLE = Cycle()


def alert(*facts: Fact) -> Alert | None:
    return fold(Told.of(fact, offset) for offset, fact in enumerate(facts))


def states(folded: Alert | None) -> list[str]:
    assert folded is not None
    return [str(state) for state, _ in folded.transitions]


STORIES = {
    "a breach is told": ([CYCLE.breached()], ["breached"]),
    "a late answer ends it": (
        [CYCLE.breached(), CYCLE.answered()],
        ["breached", "answered"],
    ),
    "a close without a reply ends it": (
        [CYCLE.breached(), CYCLE.ended()],
        ["breached", "ended"],
    ),
    "an earlier close that comes to light cancels it": (
        [CYCLE.breached(), CYCLE.cancelled()],
        ["breached", "cancelled"],
    ),
    "a close that takes the breach back is no answer in time": (
        [
            CYCLE.breached(),
            CYCLE.retracted(reason=Reason.CLOSED),
            CYCLE.cancelled(),
        ],
        ["breached", "cancelled"],
    ),
    "a reply in time that comes to light retracts it": (
        [CYCLE.breached(), CYCLE.retracted(), CYCLE.met()],
        ["breached", "retracted"],
    ),
    "met after a breach that a crash forgot retracts it": (
        [CYCLE.breached(), CYCLE.met()],
        ["breached", "retracted"],
    ),
    "a failed delivery makes the customer wait again": (
        [CYCLE.breached(), CYCLE.answered(), CYCLE.taken_back()],
        ["breached", "answered", "breached"],
    ),
    "the reply after a failed one ends it": (
        [
            CYCLE.breached(),
            CYCLE.answered(),
            CYCLE.taken_back(),
            CYCLE.answered(44),
        ],
        ["breached", "answered", "breached", "answered"],
    ),
    "a reply in time that was not delivered breaks the promise again": (
        [
            CYCLE.breached(),
            CYCLE.retracted(),
            CYCLE.met(),
            CYCLE.taken_back(31, noticed=100),
            CYCLE.breached(noticed=200, replaces=Verdict.MET),
        ],
        ["breached", "retracted", "breached"],
    ),
    "a breach that takes a verdict back needs no other fact": (
        [
            CYCLE.breached(),
            CYCLE.met(),
            CYCLE.breached(noticed=200, replaces=Verdict.MET),
        ],
        ["breached", "retracted", "breached"],
    ),
    "a warning is told": ([CYCLE.warned()], ["warned"]),
    "two warnings are one": ([CYCLE.warned(15), CYCLE.warned(24)], ["warned"]),
    "a warning whose wait is answered in time is over": (
        [CYCLE.warned(), CYCLE.met()],
        ["warned", "met"],
    ),
    "a warning whose wait is closed is over": (
        [CYCLE.warned(), CYCLE.cancelled()],
        ["warned", "cancelled"],
    ),
    "a reply before the breach that was not delivered warns again": (
        [CYCLE.warned(), CYCLE.met(25), CYCLE.taken_back(26)],
        ["warned", "met", "warned"],
    ),
    "a warning and its breach are one story": (
        [CYCLE.warned(15), CYCLE.warned(), CYCLE.breached(), CYCLE.answered()],
        ["warned", "breached", "answered"],
    ),
    "met after a warned breach retracts it": (
        [CYCLE.warned(), CYCLE.breached(), CYCLE.retracted(), CYCLE.met()],
        ["warned", "breached", "retracted"],
    ),
    "the end of a breach that is not known yet changes no warning": (
        [CYCLE.warned(), CYCLE.answered()],
        ["warned"],
    ),
    "a breach that crossed its answer changes nothing": (
        [CYCLE.answered(), CYCLE.breached(noticed=5000)],
        ["breached", "answered"],
    ),
    "a breach concluded again after the answer changes nothing": (
        [CYCLE.breached(), CYCLE.answered(), CYCLE.breached(noticed=5000)],
        ["breached", "answered"],
    ),
}


@pytest.mark.parametrize(("facts", "expected"), STORIES.values(), ids=STORIES)
def test_story(facts: list[Fact], expected: list[str]) -> None:
    """Each story ends in the states that it tells."""
    folded = alert(*facts)

    assert states(folded) == expected
    assert folded is not None
    assert folded.state == expected[-1]


def test_no_breach_no_alert() -> None:
    """Facts of a cycle that never breached make no alert."""
    assert alert(CYCLE.met(), CYCLE.answered(), CYCLE.taken_back()) is None


def test_the_first_breach_says_how_late_it_was_noticed() -> None:
    """A breach concluded again after a crash does not look later than it was."""
    folded = alert(
        CYCLE.breached(noticed=2),
        CYCLE.breached(noticed=900),
        CYCLE.met(),
        CYCLE.breached(noticed=950, replaces=Verdict.MET),
    )

    assert folded is not None
    assert folded.lateness == 2000


def test_the_latest_copy_of_an_end_is_shown() -> None:
    """Two facts of one state are one transition that shows the later one."""
    folded = alert(CYCLE.breached(), CYCLE.answered(42), CYCLE.answered(41, noticed=99))

    assert folded is not None
    assert states(folded) == ["breached", "answered"]
    assert folded.last == CYCLE.answered(41, noticed=99)


def test_a_repeat_shows_nothing_new() -> None:
    """The revision stands still when facts are repeated, and moves when one is new."""
    once = alert(CYCLE.breached(), CYCLE.answered())
    again = alert(
        CYCLE.breached(),
        CYCLE.answered(),
        CYCLE.breached(noticed=99),
        CYCLE.answered(noticed=99),
    )
    more = alert(CYCLE.breached(), CYCLE.answered(), CYCLE.taken_back())

    assert once is not None
    assert again is not None
    assert more is not None
    assert once.revision == again.revision != more.revision


def test_a_warning_speaks_of_the_newest_deadline() -> None:
    """Before the breach of the last warning's; a breach is the ground once there."""
    later = CYCLE.deadline + 1000
    warned = alert(CYCLE.warned(15), CYCLE.warned(deadline=later))
    broken = alert(CYCLE.warned(), CYCLE.breached())

    assert warned is not None
    assert broken is not None
    assert (warned.is_broken, warned.deadline) == (False, later)
    assert (broken.is_broken, broken.deadline) == (True, CYCLE.deadline)
    assert warned.is_forewarned
    assert broken.is_forewarned


def test_an_escalation_is_no_state() -> None:
    """It is said beside the states, once a receiver, whatever else is so."""
    lead, boss = CYCLE.escalated(40), CYCLE.escalated(50, "boss")
    folded = alert(
        *(CYCLE.breached(), lead, CYCLE.answered(), CYCLE.taken_back()),
        *(boss, CYCLE.escalated(55), lead),
    )
    without = alert(CYCLE.breached(), CYCLE.answered(), CYCLE.taken_back())

    assert states(folded) == ["breached", "answered", "breached"]
    assert folded is not None
    assert without is not None
    assert folded.escalations == (lead, boss)
    assert folded.revision == without.revision
    assert alert(lead) is None


def test_long_stories_are_cut() -> None:
    """Only the latest transitions are kept."""
    facts = [CYCLE.breached()]
    for minute in range(40, 60, 2):
        facts += [CYCLE.answered(minute), CYCLE.taken_back(minute + 1)]

    assert len(states(alert(*facts))) == SHOWN_TRANSITIONS


def test_key_names_the_cycle() -> None:
    """Facts of one cycle share a key; another cycle or conversation has its own."""
    keys = {
        alert_key(fact)
        for fact in (
            CYCLE.breached(),
            CYCLE.answered(),
            Cycle(start=CYCLE.start + 1).breached(),
            Cycle("whatsapp:1:b").breached(),
        )
    }

    assert len(keys) == 3


def test_facts_without_a_clock_concern_no_alert() -> None:
    """Session facts and facts of a running clock are passed over."""
    assert concerns_alerts(CYCLE.breached())
    assert not concerns_alerts(CYCLE.fact(FactKind.CLOCK_STARTED, CYCLE.start))
    session = msgspec.structs.replace(CYCLE.met(), measure=None, cycle=None)
    assert not concerns_alerts(session)
    tried = msgspec.structs.replace(CYCLE.breached(), shadow=True)
    assert not concerns_alerts(tried)


def test_a_policy_that_is_only_tried_concerns_no_alert() -> None:
    """A shadow policy runs beside the real one and never alerts (ADR 7.11)."""
    assert not concerns_alerts(CYCLE.breached(shadow=True))


def test_a_breach_that_counts_for_another_is_the_same_breach() -> None:
    """A late assignment says whose it was; nothing is red that was answered."""
    folded = alert(
        CYCLE.breached(),
        CYCLE.answered(30),
        CYCLE.breached(noticed=2500, replaces=Verdict.BREACHED, queue="support"),
    )

    assert states(folded) == ["breached", "answered"]
    assert folded.ground.queue == "support"
    assert folded.lateness == CYCLE.breached().noticed_at - CYCLE.breached().at


TIMES = st.integers(min_value=0, max_value=5)
FACTS = st.one_of(
    st.builds(CYCLE.breached, noticed=TIMES),
    st.builds(CYCLE.breached, noticed=TIMES, replaces=st.just(Verdict.MET)),
    st.builds(CYCLE.answered, minutes=st.just(30) | st.just(31), noticed=TIMES),
    st.builds(CYCLE.taken_back, minutes=st.just(30) | st.just(31), noticed=TIMES),
    st.builds(CYCLE.ended, minutes=st.just(30), noticed=TIMES),
    st.builds(CYCLE.cancelled, minutes=st.just(30), noticed=TIMES),
    st.builds(CYCLE.retracted, minutes=st.just(30), noticed=TIMES),
    st.builds(CYCLE.met, minutes=st.just(30), noticed=TIMES),
    st.builds(CYCLE.warned, minutes=st.just(15) | st.just(24), noticed=TIMES),
    st.builds(CYCLE.escalated, to=st.sampled_from(["team-lead", "boss"])),
)


@given(st.lists(FACTS, max_size=8), st.data())
def test_any_order_and_repeats_end_in_the_same_alert(
    facts: list[Fact], data: st.DataObject
) -> None:
    """Shuffled and duplicated facts of a cycle fold into the same alert."""
    told = [Told.of(fact, offset) for offset, fact in enumerate(facts)]
    copies = data.draw(st.lists(st.sampled_from(told), max_size=4)) if told else []
    shuffled = data.draw(st.permutations(told + copies))

    assert fold(shuffled) == fold(told)
