"""The simulator: same seed same play, and a truth that the rules confirm."""

from collections import Counter
from pathlib import Path

import pytest

from stream.channels.sources import SOURCES
from stream.config import load_config
from stream.records import encode_event
from stream.replay.replay import Replay
from stream.simulator.loading import ID_SECRET, events_of
from stream.simulator.play import write_play
from stream.sla.facts import FactKind
from stream.sla.instants import from_ms

RULES = load_config(Path(__file__).parents[2] / "config" / "sla.yaml").rules()
START = 1_795_424_400_123


def play(seed: int, rate: int = 20, seconds: int = 40):
    return write_play(RULES, seed=seed, start=START, seconds=seconds, rate=rate)


def test_same_seed_same_play():
    """A seed is a play, to the byte; another seed is another one."""
    assert play(1) == play(1)
    assert play(1).deliveries != play(2).deliveries


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_rules_find_the_truth(seed):
    """What the play says of itself is what Replay concludes, number by number."""
    written = play(seed)
    replay = Replay(RULES)
    lines = [encode_event(event) for event in events_of(written.deliveries)]

    facts = list(replay.lines(lines))
    facts += replay.run_until(replay.now + 2000)

    told = Counter(fact.kind for fact in facts)
    stands = told - Counter(f.replaces.value for f in facts if f.replaces)
    truth = written.truth
    assert {
        "sessions": told[FactKind.SESSION_OPENED],
        "met": stands[FactKind.MET],
        "breached": stands[FactKind.BREACHED],
        "retracted": told[FactKind.BREACH_RETRACTED],
        "answered_late": told[FactKind.ANSWERED_LATE],
        "cancelled": told[FactKind.CANCELLED],
    } == {
        "sessions": truth.sessions,
        "met": truth.met,
        "breached": truth.breached,
        "retracted": truth.retracted,
        "answered_late": truth.answered_late,
        "cancelled": 0,
    }
    assert min(truth.met, truth.breached, truth.retracted, truth.answered_late) > 0


def test_about_the_asked_rate():
    """As many webhooks as asked for, give or take a story; all within the play."""
    written = play(1, rate=50)
    count = len(written.deliveries)

    assert 50 * 40 <= count < 50 * 40 + 20
    assert count == written.truth.webhooks
    times = [delivery.at for delivery in written.deliveries]
    assert times == sorted(times)
    assert times[0] >= START - START % 1000
    assert times[-1] <= START + 40_000


def test_every_body_parses_to_the_promised_events():
    """Each webhook is understood by the parsers, and holds what the play counts."""
    written = play(1)
    found = [
        len(
            SOURCES[d.source](
                d.body, id_secret=ID_SECRET, received_at=from_ms(d.at)
            ).events
        )
        for d in written.deliveries
    ]

    assert found == [delivery.events for delivery in written.deliveries]
    assert sum(found) == written.truth.events


def test_plays_can_follow_each_other():
    """Customers numbered from elsewhere are other customers."""
    later = write_play(RULES, seed=1, start=START, seconds=40, rate=20, first=10_000)
    keys = {event.conversation_id for event in events_of(play(1).deliveries)}

    assert keys.isdisjoint(e.conversation_id for e in events_of(later.deliveries))
