"""Outcomes: what a session that has ended counts as, in figures (ADR 36).

The same definitions as the offline figures have in SQL (`stream/figures/catalogue/`);
`tests/figures/test_live.py` holds one against the other.
"""

from enum import StrEnum

from stream.sla.events import Scale
from stream.sla.facts import Fact, Reason, SessionSum, Survey


class Outcome(StrEnum):
    """A session has several; `ended` has every one that was no spam."""

    ENDED = "ended"
    RESOLVED = "resolved"
    ONE_REPLY = "one_reply"
    """Resolved with exactly one message of an agent."""
    AUTOMATED = "automated"
    """Resolved without any word of a person: no agent's message, no call."""
    ABANDONED = "abandoned"
    """Closed, or ended by silence, unresolved and without any word of a person."""
    REOPENED = "reopened"
    """It went on after `resolved`, however often."""


class Answer(StrEnum):
    """How content a survey's answer is."""

    GOOD = "good"
    MIDDLING = "middling"
    BAD = "bad"
    GIVEN = "given"
    """Of CES: its scale is the source's own, so there is a mean, and no bounds."""


ENDED, RESOLVED, ONE_REPLY, AUTOMATED, ABANDONED, REOPENED = Outcome
GOOD, MIDDLING, BAD, GIVEN = Answer

_MERGED = Reason.MERGED
"""Bound once, as ever: naming a member of an enum takes ten times as long."""


def outcomes_of(fact: Fact, came_to: SessionSum) -> list[Outcome]:
    """Of a `session_ended` and its sum; who is merged goes on in another session."""
    found = [ENDED]
    is_human = came_to.agent_replies > 0 or came_to.calls > 0
    if came_to.resolved_at is not None:
        found.append(RESOLVED)
        if came_to.agent_replies == 1:
            found.append(ONE_REPLY)
        if not is_human:
            found.append(AUTOMATED)
    elif not is_human and fact.reason is not _MERGED:
        found.append(ABANDONED)
    if came_to.reopened:
        found.append(REOPENED)
    return found


ANSWERS = {
    Scale.CSAT: (GOOD, MIDDLING, BAD),
    Scale.NPS: (GOOD, MIDDLING, BAD),
    Scale.CES: (GIVEN,),
    Scale.EMOTION: (GOOD, MIDDLING, BAD),
}
"""Which there can be on each scale."""

_BOUNDS = {Scale.CSAT: (1, 3, 4, 5), Scale.NPS: (0, 7, 9, 10)}
"""The lowest score; the first that is middling, and good; the highest."""


def answer_of(survey: Survey) -> Answer | None:
    """None: it is not on its scale, 1 to 5 for CSAT, 0 to 10 for NPS; 0 up for CES."""
    score = survey.score
    if survey.scale is Scale.EMOTION:
        return MIDDLING if score == 0 else GOOD if score > 0 else BAD
    if survey.scale is Scale.CES:
        return GIVEN if score >= 0 else None
    lowest, middling, good, highest = _BOUNDS[survey.scale]
    if not lowest <= score <= highest:
        return None
    return GOOD if score >= good else MIDDLING if score >= middling else BAD
