"""The short way of a message that only carries a session on, against walking."""

from unittest.mock import patch

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from stream.records import encode_event
from stream.replay.replay import Replay
from stream.sla import conversation
from tests.oracle.conversations import MEASURES, conversations, promises, told
from tests.oracle.listening import LONG_AFTER, delayed

WORDS = (
    "cc",
    "caa",
    "caca",
    "cabb",
    "cbaa",
    "cbb",
    "caoa",
    "cafa",
    "cab",
    "ccab",
    "cao",
)
"""Mostly words after words: what the short way is for."""


def played(given, events):
    """Every fact, and the state after each event."""
    run, found = Replay(given.rules()), []
    for event in events:
        facts = [*run.lines([encode_event(event)])]
        found.append((facts, dict(run.states)))
    return found, [*run.run_until(events[-1].arrived + LONG_AFTER)]


@settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    given=st.sampled_from(
        [MEASURES, ("first_reply", "next_reply"), ("resolution",)]
    ).flatmap(lambda measures: promises(measures=measures)),
    events=conversations(motifs=WORDS, most=6),
    data=st.data(),
)
def test_it_finds_what_walking_finds(given, events, data):
    """The same facts and the same state, also where words come late."""
    heard = data.draw(delayed(events))
    note(told(heard))
    with patch.object(conversation, "carried_on", return_value=None):
        walked = played(given, heard)

    assert played(given, heard) == walked
