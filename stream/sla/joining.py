"""Joining: a conversation turns out to be another's, under another name (ADR 14).

```
  before   c:+36…    ──●────────────●──▶      c:US.13…  ─────●─────────▶
                       asks        waits                     answered
  merged   c:US.13…  leaves: nothing of it ever was here
  joined   c:+36…    ──●─────●──────●──▶   asks, answered, asks
```

What was told of the one that leaves is taken back; what was said there goes onto the
other's timeline, and the difference is told there, as with any late news. What comes
for it later is sent on. So the end is that of one conversation, in whatever order.
"""

import msgspec

from stream.sla.events import Event, JoinedEvent, MergedEvent
from stream.sla.facts import Fact, Reason
from stream.sla.memory import heard_at
from stream.sla.policy import Rules
from stream.sla.state import Conversation, linked
from stream.sla.teller import Teller
from stream.sla.timeline import Turn, happened_at, turn_of
from stream.sla.verdicts import News

MOST_HOPS = 8
"""So often a word moves on; more would be a circle of names."""


def leave(
    key: str, state: Conversation, event: MergedEvent, rules: Rules, now: int
) -> tuple[Conversation, list[Fact]]:
    """The conversation without all that moves to `event.into`."""
    at = happened_at(event)
    news = News(at, Reason.SUPERSEDED, event.arrived, event_id=event.event_id)
    teller = Teller(key, state, state, rules, now, news)
    teller.all((), state.told)
    left = Conversation(
        state.channel,
        state.account,
        floor=max(heard_at(state), at),
        withdrawn=teller.withdrawn,
        moved_to=event.into,
    )
    return left, teller.facts


def sent_on(before: Conversation | None, event: Event) -> JoinedEvent | None:
    """What a conversation that moved sends on; `before`: its state without `event`.

    None where there is nothing, or it has moved too often.
    """
    if before is None:
        return None
    if before.moved_to is not None:
        into, turns = before.moved_to, _brought_by(event)
    elif isinstance(event, MergedEvent) and event.same_customer:
        into, turns = event.into, before.turns
    else:
        return None
    hops = event.hops + 1 if isinstance(event, JoinedEvent) else 1
    known = linked(before, event)
    link_at, link = known.link or (0, None)
    contact_at, contact = known.contact or (0, None)
    if not (turns or link or contact) or hops > MOST_HOPS:
        return None
    return JoinedEvent(
        v=1,
        event_id=f"{event.event_id}:on",
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        conversation_id=into,
        channel=event.channel,
        account=event.account,
        link=link,
        contact=contact,
        turns=tuple(msgspec.to_builtins(turns)),
        hops=hops,
        link_at=link_at,
        contact_at=contact_at,
    )


def _brought_by(event: Event) -> tuple[Turn, ...]:
    if isinstance(event, JoinedEvent):
        return turns_of(event)
    turn = turn_of(event)
    return () if turn is None else (turn,)


def turns_of(event: JoinedEvent) -> tuple[Turn, ...]:
    """What the event brings. Raises `msgspec.ValidationError` for what is no turn."""
    return msgspec.convert(event.turns, tuple[Turn, ...])
