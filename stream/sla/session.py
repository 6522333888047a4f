"""Sessions: one matter inside a never-ending thread (semantics 1).

A session begins with a customer message in a new or closed conversation, or after
`gap` of silence by both sides, and ends at close or when it lapses:

    C1 ··· A1 ·· C2 ····(gap)····▶ lapsed     C3 ··· A2 ·· close
    └───────── session ─────────┘            └──── session ────┘
"""

from msgspec import Struct

from stream.sla.facts import Reason
from stream.sla.timeline import CUSTOMER, END, OUTBOUND, Turn, failures


class Session(Struct):
    """What the timeline says of one matter; instants in milliseconds.

    `outbounds` are those that reached the customer, in order. `ended_at` is None
    while it is open; `heard_at` is the last public word of either side.
    """

    opened_at: int
    heard_at: int
    outbounds: list[Turn] = []
    ended_at: int | None = None
    end_reason: Reason | None = None


def sessions_of(turns: tuple[Turn, ...], gap: int, settled: int) -> list[Session]:
    """The sessions of a timeline, oldest first.

    `settled`: silence up to this instant is certain, so a session with no word
    for `gap` before it has lapsed.
    """
    undelivered = failures(turns)
    found: list[Session] = []
    current: Session | None = None
    for turn in turns:
        if current is not None and turn.at - current.heard_at >= gap:
            _lapse(current, gap)
            current = None
        if turn.kind is CUSTOMER:
            if current is None:
                current = Session(turn.at, turn.at)
                found.append(current)
            current.heard_at = turn.at
        elif current is None:
            continue
        elif turn.kind is OUTBOUND:
            if turn.ref not in undelivered:
                current.outbounds.append(turn)
                current.heard_at = turn.at
        elif turn.kind is END:
            current.ended_at, current.end_reason = turn.at, turn.reason
            current = None
    if current is not None and current.heard_at + gap <= settled:
        _lapse(current, gap)
    return found


def _lapse(session: Session, gap: int) -> None:
    session.ended_at, session.end_reason = session.heard_at + gap, Reason.LAPSED
