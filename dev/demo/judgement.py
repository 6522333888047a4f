"""The judgement: what the traffic knows to be true against what came out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dev.demo.seen import Seen, distinct
from stream.records import decode_event
from stream.replay.replay import BadLineError, Replay
from stream.simulator.play import Truth
from stream.sla.cycles import Cycles, Key
from stream.sla.events import MessageEvent
from stream.sla.facts import Fact, FactKind, Verdict
from stream.sla.policy import Rules

EDGE = 1000
"""Replies that arrive this close (ms) to `allowed_lateness` may go either way."""

_PAIR = frozenset({FactKind.BREACHED, FactKind.BREACH_RETRACTED})
_ANSWERS = frozenset({FactKind.MET, FactKind.ANSWERED_LATE})
_ANSWERED = _ANSWERS | {FactKind.REPLY_RETRACTED}


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison; numbers, or seconds with a limit."""

    what: str
    expected: float
    got: float
    limit: bool = False

    @property
    def holds(self) -> bool:
        return self.got < self.expected if self.limit else self.got == self.expected

    def __str__(self) -> str:
        mark = "ok  " if self.holds else "WRONG"
        expected = f"< {self.expected:g} s" if self.limit else f"{self.expected:g}"
        got = f"{self.got:.2f} s" if self.limit else f"{self.got:g}"
        return f"  {mark:<6}{self.what:<44}{expected:>10}{got:>12}"


def timeliness(lag: float, *, ok: bool) -> str:
    """How late the traffic was, in seconds; and whether that may be why it is WRONG."""
    said = f"the slowest webhook left {lag:.2f} s after its time"
    if ok or lag * 1000 < EDGE:
        return said
    return (
        f"{said}: this machine was too busy,\n"
        "and what is WRONG may be no more than that: try again when it is free"
    )


def judge(
    truth: Truth, seen: Seen, accepted: int, counters: dict[str, float]
) -> list[Line]:
    """Every promised number, each beside what came out.

    `counters` are Prometheus's: events, sessions, met, breached, alerts posted.
    """
    turned_red = truth.warned - truth.kept_after_warning
    return [
        Line("webhooks and posts accepted", truth.webhooks, accepted),
        Line("events in Kafka", truth.events, len(seen.events)),
        Line("sessions opened", truth.sessions, seen.sessions),
        Line("first replies met", truth.met, seen.net(Verdict.MET)),
        Line("first replies breached", truth.breached, seen.net(Verdict.BREACHED)),
        Line(
            "breaches retracted", truth.retracted, seen.count(FactKind.BREACH_RETRACTED)
        ),
        Line(
            "breaches answered late",
            truth.answered_late,
            seen.count(FactKind.ANSWERED_LATE),
        ),
        Line("alerts posted in Slack", truth.alerts_posted, len(seen.alerts)),
        Line("alerts that name the customer", truth.alerts_posted, seen.named),
        Line("alerts edited in Slack", truth.alerts_edited, seen.edited),
        Line("warnings posted in Slack", truth.warned, len(seen.warnings)),
        Line("warnings that turned red", turned_red, seen.turned_red),
        Line("escalations posted in Slack", truth.escalated, len(seen.escalations)),
        Line("storms told in Slack", int(truth.stormy > 0), len(seen.storms)),
        Line("promises told by the storm", truth.stormy, seen.told_in_storm),
        Line("storms that are over", int(truth.stormy > 0), seen.storms_over),
        Line("Prometheus: events", truth.events, counters["events"]),
        Line("Prometheus: sessions", truth.sessions, counters["sessions"]),
        Line("Prometheus: met", truth.met, counters["met"]),
        Line("Prometheus: breached", truth.breached, counters["breached"]),
        Line("Prometheus: alerts posted", truth.alerts_posted, counters["posted"]),
    ]


def differences(rules: Rules, events: Sequence[bytes], facts: Sequence[Fact]) -> int:
    """How many facts `replay` tells otherwise, over the same events.

    Not counted: breach-and-retraction pairs of replies that arrived within a second
    of `allowed_lateness`, where the order of two processes decides.
    """
    replayed = list(_replay(rules, events, max(f.noticed_at for f in facts)))
    live = {f.fact_id: f for f in distinct(facts)}
    again = {f.fact_id: f for f in replayed}
    odd = [live.get(i) or again[i] for i in live.keys() ^ again.keys()]
    close = _close_calls(rules, events)
    return sum(
        1
        for fact in odd
        if not (fact.kind in _PAIR and (fact.conversation_id, fact.deadline) in close)
    )


def backlog_differences(
    rules: Rules, events: Sequence[bytes], facts: Sequence[Fact]
) -> set[str]:
    """Ids of facts told only by `replay` or only by us, over the same events.

    Not counted: breaches and retractions of a cycle whose breach was retracted. Who
    was down when the reply arrived must not tell what its backlog disproves (ADR 4).
    Nor an answer that failed, and its failure: who heard of both while a warning point
    before them was not settled said neither (ADR 10). Nor those of replies that
    arrived within a second of `allowed_lateness`.
    """
    replayed = list(_replay(rules, events, max(f.noticed_at for f in facts)))
    retracted = {
        (f.conversation_id, f.measure, f.cycle)
        for f in replayed
        if f.kind is FactKind.BREACH_RETRACTED
    }
    close = _close_calls(rules, events)
    told = {f.fact_id: f for f in [*replayed, *facts]}
    odd = {f.fact_id for f in replayed} ^ {f.fact_id for f in facts}
    answers = {_answer(told[i]) for i in odd if told[i].kind in _ANSWERS}
    failed = {_answer(told[i]) for i in odd if told[i].kind is FactKind.REPLY_RETRACTED}
    unsaid = answers & failed
    return {
        i
        for i in odd
        if not (
            told[i].kind in _PAIR
            and (
                (told[i].conversation_id, told[i].measure, told[i].cycle) in retracted
                or (told[i].conversation_id, told[i].deadline) in close
            )
        )
        and not (told[i].kind in _ANSWERED and _answer(told[i]) in unsaid)
    }


def _answer(fact: Fact) -> tuple[object, ...]:
    """Which answer of a cycle it tells, or takes back."""
    return fact.conversation_id, fact.measure, fact.cycle, fact.waited_ms


def verdict_differences(
    rules: Rules, events: Sequence[bytes], facts: Sequence[Fact]
) -> int:
    """How many cycles end with another verdict in `replay`."""
    replayed = _verdicts(_replay(rules, events, max(f.noticed_at for f in facts)))
    live = _verdicts(facts)
    cycles = replayed.keys() | live.keys()
    return sum(1 for c in cycles if replayed.get(c) is not live.get(c))


def _verdicts(facts: Iterable[Fact]) -> dict[Key, Verdict | None]:
    cycles = Cycles()
    cycles.add(facts)
    return {key: cycle.verdict for key, cycle in cycles.by_key.items()}


def _replay(rules: Rules, events: Sequence[bytes], until: int) -> Iterable[Fact]:
    run = Replay(rules)
    for fact in [*run.lines(events), *run.run_until(until)]:
        if isinstance(fact, BadLineError):
            raise TypeError(f"the events topic holds what is no event: {fact}")
        yield fact


def _close_calls(rules: Rules, events: Sequence[bytes]) -> set[tuple[str, int | None]]:
    """(conversation, deadline) whose reply arrived at the edge of lateness."""
    arrivals: dict[str, list[int]] = defaultdict(list)
    for line in events:
        event = decode_event(line)
        if isinstance(event, MessageEvent):
            arrivals[event.conversation_id].append(event.arrived)
    run_facts = _replay(rules, events, max(decode_event(e).arrived for e in events))
    return {
        (fact.conversation_id, fact.deadline)
        for fact in run_facts
        if fact.deadline is not None
        and any(
            abs(arrived - fact.deadline - rules.allowed_lateness) <= EDGE
            for arrived in arrivals[fact.conversation_id]
        )
    }
