"""What customers say and do beside the conversation: surveys, purchases (ADR 33).

They move no clock. Which session one belongs to is found when facts are read, as the
last that began before it: late news of sessions then tells nothing anew.
"""

from stream.sla.events import Event, PurchaseEvent, SurveyEvent
from stream.sla.facts import Fact, FactKind, Purchase, Survey, fact_id
from stream.sla.policy import Rules
from stream.sla.state import Conversation, held_at
from stream.sla.timeline import happened_at

BESIDE = (SurveyEvent, PurchaseEvent)


def told_of(
    key: str, state: Conversation, event: Event, rules: Rules, now: int
) -> list[Fact]:
    """The event as a fact; told once more for a repetition, under the same id.

    `queue` and `assignee` are those of its instant, as they are known now.
    """
    at = happened_at(event)
    held = held_at(state, at)
    survey = purchase = None
    if isinstance(event, SurveyEvent):
        kind = FactKind.SURVEYED
        survey = Survey(
            scale=event.scale, score=event.score, touchpoint=event.touchpoint
        )
    elif isinstance(event, PurchaseEvent):
        kind = FactKind.PURCHASED
        purchase = Purchase(amount=event.amount, currency=event.currency)
    else:
        return []
    return [
        Fact(
            fact_id=fact_id(key, kind, at, event.event_id, survey, purchase),
            kind=kind,
            at=at,
            noticed_at=now,
            conversation_id=key,
            channel=state.channel,
            account=state.account,
            queue=held.queue or rules.queue_of(state.channel, state.account),
            assignee=held.assignee,
            cause=event.event_id,
            survey=survey,
            purchase=purchase,
        )
    ]
