"""The fold of one cycle's facts into its alert. Pure.

A cycle's facts are a *set*, not a sequence: they may be repeated, and they may
arrive crossed. Two rules make that harmless:

- Copies of one fact (same `fact_id`, same `replaces`) are one fact; the earliest
  copy counts, so a replay after a crash moves nothing.
- The facts are read in the order of the topic: one writer, one partition a
  conversation. Not by `noticed_at`, which is the clock of whoever wrote it. The last
  one decides.

`breached` is the ground under the others and not a step among them: it says that the
deadline passed, which no later fact makes untrue. So it decides nothing once
something followed, however late a copy of it comes; unless it takes another verdict
back (`replaces`), then it is a step like any other. A breach that replaces a breach
says whose it was after all (semantics 2.12), or when.

`escalated` is beside them: it says who else is told, and changes no state.

Before a breach there is an alert where somebody was warned: `warned` is a step like any
other then, and what ends the wait ends it. Once the promise is broken, the warning is
only where the story begins.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, zip_longest

from msgspec.structs import replace

from alerts.alert import Alert, AlertState, Told
from stream.sla.facts import Fact, FactKind, Verdict

SHOWN_TRANSITIONS = 5
"""So many of the latest transitions stand in a message."""

_STATES = {
    FactKind.BREACHED: AlertState.BREACHED,
    FactKind.REPLY_RETRACTED: AlertState.BREACHED,
    FactKind.ANSWERED_LATE: AlertState.ANSWERED,
    FactKind.WAIT_ENDED: AlertState.ENDED,
    FactKind.CANCELLED: AlertState.CANCELLED,
    FactKind.BREACH_RETRACTED: AlertState.RETRACTED,
    FactKind.MET: AlertState.RETRACTED,
}
_BEFORE_A_BREACH = {
    FactKind.WARNED: AlertState.WARNED,
    FactKind.MET: AlertState.MET,
    FactKind.CANCELLED: AlertState.CANCELLED,
    FactKind.REPLY_RETRACTED: AlertState.WARNED,
}
_BESIDE = {FactKind.WARNED, FactKind.ESCALATED}
"""No states of a broken promise."""


def fold(told: Iterable[Told]) -> Alert | None:
    """Fold one cycle's facts into its alert; None while none of them begins one."""
    known = _without_copies(told)
    warnings = [each.fact for each in known if each.fact.kind is FactKind.WARNED]
    if facts := _broken(known):
        ground = facts[0]
        transitions = _transitions(facts, _STATES)
        if warnings:
            transitions.insert(0, (AlertState.WARNED, warnings[0]))
    elif warnings:
        ground = warnings[-1]
        facts = [each.fact for each in known if each.fact.kind in _BEFORE_A_BREACH]
        begin = facts.index(warnings[0])
        transitions = _transitions(facts[begin:], _BEFORE_A_BREACH)
    else:
        return None
    return Alert(
        state=transitions[-1][0],
        ground=ground,
        transitions=tuple(transitions[-SHOWN_TRANSITIONS:]),
        escalations=_escalations(each.fact for each in known),
        is_forewarned=bool(warnings),
    )


def _broken(known: Sequence[Told]) -> list[Fact]:
    """From the breach on, the breach first; nothing while none is known."""
    ground = [each for each in known if _is_ground(each.fact)]
    steps = [
        each.fact
        for each in known
        if not _is_ground(each.fact) and each.fact.kind not in _BESIDE
    ]
    if ground:
        # Told again for another holder or deadline; noticed when it was first.
        first = ground[0].fact
        breach = replace(
            ground[-1].fact, noticed_at=first.noticed_at, known_at=first.known_at
        )
        return [breach, *steps]
    kinds = [fact.kind for fact in steps]
    if FactKind.BREACHED not in kinds:
        return []
    return steps[kinds.index(FactKind.BREACHED) :]


def _escalations(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The first of each receiver; `facts` in order of the topic."""
    first: dict[str | None, Fact] = {}
    for fact in facts:
        if fact.kind is FactKind.ESCALATED:
            first.setdefault(fact.to, fact)
    return tuple(first.values())


def _without_copies(told: Iterable[Told]) -> list[Told]:
    """In order of the topic; the earliest copy counts."""
    first: dict[str, Told] = {}
    for each in told:
        known = first.get(each.identity)
        if known is None or each.position < known.position:
            first[each.identity] = each
    return sorted(first.values(), key=lambda each: each.position)


def _is_ground(fact: Fact) -> bool:
    return fact.kind is FactKind.BREACHED and fact.replaces in {None, Verdict.BREACHED}


def _transitions(
    facts: Sequence[Fact], states: Mapping[FactKind, AlertState]
) -> list[tuple[AlertState, Fact]]:
    """Make one transition of every run of one state.

    A breach keeps the first fact of its run (the news); a warning the last (the nearest
    to the deadline), and an end (a `met` after `breach_retracted`, or an earlier reply
    that came to light). A breach that is taken back because of a close was answered by
    nobody: the close says all.
    """
    transitions = []
    said = [
        fact
        for fact, after in zip_longest(facts, facts[1:])
        if after is None
        or (fact.kind, after.kind) != (FactKind.BREACH_RETRACTED, FactKind.CANCELLED)
    ]
    for state, run in groupby(said, key=lambda fact: states[fact.kind]):
        alike = list(run)
        chosen = alike[0] if state is AlertState.BREACHED else alike[-1]
        transitions.append((state, chosen))
    return transitions
