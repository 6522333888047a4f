"""The state behind a key: what is remembered of a conversation."""

from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from stream.sla.counted import Counted
from stream.sla.events import Channel, Event, JoinedEvent
from stream.sla.held import NOBODYS, Held
from stream.sla.policy import Rules
from stream.sla.session import Session
from stream.sla.timeline import Turn


class Conversation(Struct, frozen=True, array_like=True, gc=False):
    """What is remembered of a conversation. Instants in milliseconds.

    Attributes:
        link: event time and value of the latest link to it.
        contact: the same of who the customer is, sealed (ADR 16).
        held: who holds the work after the newest turn, and `held_since` when.
        turns: the timeline after `floor`, oldest first.
        told: the sessions as the world knows them; the newest may be open.
        settled: deadlines and silences up to this instant have been concluded.
        floor: what happened at or before it is forgotten; later news of it is late.
        base_held, base: who held the work at `floor`, and the session open then.
        moved_to: the conversation that this one is a part of (ADR 14).
        customer: a pseudonym that its id does not bear; the first that was heard.
        counted: what was said in `base` up to `floor` (ADR 33).
        withdrawn: how many sessions, clocks and ends of sessions were told in vain.
    """

    channel: Channel
    account: str
    link: tuple[int, str] | None = None
    held: Held = NOBODYS
    held_since: int = 0
    turns: tuple[Turn, ...] = ()
    told: tuple[Session, ...] = ()
    settled: int = 0
    floor: int = 0
    base_held: Held = NOBODYS
    base: Session | None = None
    withdrawn: int = 0
    moved_to: str | None = None
    contact: tuple[int, bytes] | None = None
    customer: str | None = None
    counted: Counted | None = None

    @property
    def last(self) -> Session | None:
        return self.told[-1] if self.told else None


_Told = TypeVar("_Told", str, bytes)


def linked(state: Conversation, event: Event) -> Conversation:
    """With whose it is, and the link and the contact of the event if they are newer."""
    customer = event.customer
    if (
        customer is not None
        and state.customer is None
        and not event.conversation_id.endswith(customer)  # nearly always it does
    ):
        state = replace(state, customer=customer)
    if event.link is None and event.contact is None:
        return state
    link_at = contact_at = event.at
    if isinstance(event, JoinedEvent):
        link_at, contact_at = event.link_at, event.contact_at
    return replace(
        state,
        link=_latest(state.link, link_at, event.link),
        contact=_latest(state.contact, contact_at, event.contact),
    )


def _latest(
    known: tuple[int, _Told] | None, at: int, told: _Told | None
) -> tuple[int, _Told] | None:
    if told is None or (known is not None and (at, told) <= known):
        return known
    return at, told


def queue_of(state: Conversation, rules: Rules) -> str:
    """Whose work it is now; by the account where no event says."""
    return state.held.queue or rules.queue_of(state.channel, state.account)


def held_at(state: Conversation, at: int) -> Held:
    """Who held the work at an instant that is remembered."""
    if at >= state.held_since:
        return state.held
    held = state.base_held
    for turn in state.turns:
        if turn.at > at:
            break
        if turn.said is not None:
            held = held.after(turn.said)
    return held
