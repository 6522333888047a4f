"""What a session and an answer count as."""

import pytest

from stream.sla.events import Channel, Scale
from stream.sla.facts import Fact, FactKind, Reason, SessionSum, Survey
from stream.sla.outcomes import ANSWERS, Answer, answer_of, outcomes_of

CLOSED, LAPSED, MERGED = Reason.CLOSED, Reason.LAPSED, Reason.MERGED
SUMS = {
    "One message of an agent.": (
        {"agent_replies": 1, "resolved_at": 1},
        CLOSED,
        "ended resolved one_reply",
    ),
    "A bot answered, too.": (
        {"agent_replies": 1, "bot_replies": 3, "resolved_at": 1},
        CLOSED,
        "ended resolved one_reply",
    ),
    "Two messages.": (
        {"agent_replies": 2, "resolved_at": 1},
        LAPSED,
        "ended resolved",
    ),
    "Only a bot.": (
        {"bot_replies": 1, "templates": 1, "system_replies": 1, "resolved_at": 1},
        CLOSED,
        "ended resolved automated",
    ),
    "Settled by a call.": ({"calls": 1, "resolved_at": 1}, CLOSED, "ended resolved"),
    "Settled in silence.": ({"resolved_at": 1}, LAPSED, "ended resolved automated"),
    "Nobody's word.": ({}, LAPSED, "ended abandoned"),
    "Closed behind a bot's answer.": ({"bot_replies": 1}, CLOSED, "ended abandoned"),
    "Answered and not resolved.": ({"agent_replies": 1}, LAPSED, "ended"),
    "Called and not resolved.": ({"calls": 1}, LAPSED, "ended"),
    "It goes on elsewhere.": ({}, MERGED, "ended"),
    "Reopened twice.": (
        {"agent_replies": 3, "resolved_at": 1, "reopened": 2},
        CLOSED,
        "ended resolved reopened",
    ),
}


@pytest.mark.parametrize(("said", "reason", "wanted"), SUMS.values(), ids=SUMS.keys())
def test_a_session_counts_as(said, reason, wanted):
    """By who said what in it, and by whether it was resolved."""
    came_to = SessionSum(**said)
    fact = Fact(
        fact_id="f",
        kind=FactKind.SESSION_ENDED,
        at=2,
        noticed_at=2,
        conversation_id="c",
        channel=Channel.WHATSAPP,
        account="1",
        queue="sales",
        reason=reason,
        session=came_to,
    )
    assert " ".join(outcomes_of(fact, came_to)) == wanted


SCORES = {
    Scale.CSAT: {0.9: None, 1: "bad", 2.9: "bad", 3: "middling", 4: "good", 5.1: None},
    Scale.NPS: {-1: None, 0: "bad", 6: "bad", 7: "middling", 8: "middling", 9: "good"},
    Scale.CES: {-0.1: None, 0: "given", 7: "given"},
    Scale.EMOTION: {-0.1: "bad", 0: "middling", 0.1: "good"},
}


@pytest.mark.parametrize("scale", Scale)
def test_an_answer_is_good_by_the_bounds_of_its_scale(scale):
    """And only the answers that a scale can have have a series (`ANSWERS`)."""
    found = {
        score: answer_of(Survey(scale=scale, score=score)) for score in SCORES[scale]
    }
    assert found == SCORES[scale]
    assert set(found.values()) - {None} == set(ANSWERS[scale])
    assert answer_of(Survey(scale=Scale.NPS, score=10)) is Answer.GOOD
    assert answer_of(Survey(scale=Scale.NPS, score=10.5)) is None
