"""State as version 1 wrote it (first reply only), read into today's."""

import msgspec

from stream.sla.clock import Clock
from stream.sla.events import AuthorKind, Channel, Nature
from stream.sla.facts import Measure, Reason, Verdict
from stream.sla.held import Held
from stream.sla.hours import ALWAYS
from stream.sla.session import Session
from stream.sla.state import Conversation
from stream.sla.timeline import CUSTOMER, END, FAILURE, OUTBOUND, Turn

_KINDS = (CUSTOMER, OUTBOUND, FAILURE, END)


class _Turn(msgspec.Struct, array_like=True):
    at: int
    kind: int
    ref: int
    author: AuthorKind | None = None
    nature: Nature | None = None
    by: str | None = None
    reason: Reason | None = None


class _Clock(msgspec.Struct, array_like=True):
    measure: Measure
    started_at: int
    deadline: int
    policy: str
    policy_version: str
    warn_at: tuple[int, ...]
    warned: int = 0
    verdict: Verdict | None = None
    over_at: int | None = None
    answered: bool = False


class _Told(msgspec.Struct, array_like=True):
    opened_at: int
    clocks: tuple[_Clock, ...]
    ended_at: int | None = None


class _Conversation(msgspec.Struct, array_like=True):
    channel: Channel
    account: str
    attributes: dict[str, tuple[int, str | None]]
    turns: tuple[_Turn, ...] = ()
    told: tuple[_Told, ...] = ()
    settled: int = 0
    floor: int = 0


class _Stored(msgspec.Struct, array_like=True):
    version: int
    offset: int
    conversation: _Conversation


_decode = msgspec.msgpack.Decoder(_Stored).decode


def decode_first(data: bytes) -> tuple[int, Conversation]:
    """The offset and the conversation. Wall time and one measure was all there was.

    Who held the work when is not in it, so the latest holds for all that is told.
    """
    stored = _decode(data)
    old = stored.conversation
    said = {name: value for name, (_, value) in old.attributes.items()}
    link = old.attributes.get("link")
    held = Held(
        said.get("queue"), said.get("assignee"), said.get("priority"), said.get("tier")
    )
    turns = tuple(
        Turn(t.at, _KINDS[t.kind], t.ref, t.author, t.nature, t.by, t.reason)
        for t in old.turns
    )
    return stored.offset, Conversation(
        old.channel,
        old.account,
        None if link is None or link[1] is None else (link[0], link[1]),
        held,
        0,
        turns,
        tuple(_session(told, turns) for told in old.told),
        old.settled,
        old.floor,
        held,
    )


def _session(told: _Told, turns: tuple[Turn, ...]) -> Session:
    end = told.ended_at
    heard = [
        turn.at
        for turn in turns
        if told.opened_at <= turn.at and (end is None or turn.at <= end)
    ]
    closed = [t for t in turns if t.kind is END and t.at == end]
    reason = closed[0].reason if closed else Reason.LAPSED
    clocks = tuple(_clock(clock, reason) for clock in told.clocks)
    waits = end is None and any(clock.over_at is None for clock in clocks)
    return Session(
        told.opened_at,
        max(heard, default=told.opened_at),
        clocks,
        replied=any(clock.answered for clock in clocks),
        waiting_since=told.opened_at if waits else None,
        ended_at=end,
        end_reason=None if end is None else reason,
    )


def _clock(old: _Clock, reason: Reason | None) -> Clock:
    start = old.started_at
    points = (*[at - start for at in old.warn_at], old.deadline - start)
    waits = old.over_at is None and old.verdict is None
    return Clock(
        old.measure,
        start,
        old.policy,
        old.policy_version,
        0,
        ALWAYS,
        points,
        old.deadline,
        start,
        over_at=old.over_at,
        answered=old.answered,
        reason=None if old.over_at is None or old.answered else reason,
        warned=old.warned,
        verdict=old.verdict,
        due=start + points[old.warned] if waits else None,
    )
