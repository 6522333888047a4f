"""The oracle: what must have come of a topic of events, whatever went wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from alerts.alert import Alert, Told, alert_key, concerns_alerts
from alerts.folding import fold
from dev.chaos.shown import differences
from dev.chaos.standing import NOBODY_DID, Acts, Message
from dev.demo.judgement import backlog_differences, verdict_differences
from dev.demo.seen import Seen, in_arrival_order
from stream.records import decode_event, decode_fact
from stream.replay.replay import Replay
from stream.sla.policy import Rules
from stream.sla.state import Conversation
from stream.worker.table import Stored

Partitions = Sequence[Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that came of a trial, partition by partition in the order of offsets."""

    events: Partitions
    facts: Partitions
    states: Mapping[str, Stored]
    messages: Sequence[Message]
    lag: int
    logs: Mapping[str, str]
    looked_at: int
    """When all this was read, in ms."""
    undelivered: int = 0
    """Facts that Redis has not, and alerts to be posted, looked for or edited."""
    acts: Acts = NOBODY_DID
    """What people did."""
    may_repeat: bool = False
    """Whether an alert may be there twice, each in its last state."""


def faults(rules: Rules, outcome: Outcome) -> list[str]:
    """Every broken promise, a line each; nothing when all held."""
    arrived = in_arrival_order(outcome.events)
    facts = [decode_fact(value) for part in outcome.facts for value in part]
    seen = Seen(arrived, facts, [])
    found = [f"a hole in {name}'s log" for name in _with_holes(outcome.logs)]
    if outcome.lag:
        found.append(f"{outcome.lag} records are not committed")
    if outcome.undelivered:
        found.append(f"{outcome.undelivered} facts or alerts wait for Redis or Slack")
    if wrong := verdict_differences(rules, seen.events, seen.facts):
        found.append(f"{wrong} cycles have another verdict than in replay")
    if ids := backlog_differences(rules, seen.events, seen.facts):
        odd = [f"{f.kind} {f.conversation_id}" for f in facts if f.fact_id in ids]
        found.append(f"{len(ids)} facts differ from replay's: {odd[:3] or 'missing'}")
    if ahead := sum(fact.noticed_at > outcome.looked_at for fact in facts):
        found.append(f"{ahead} facts were noticed in the future")
    until = max((fact.noticed_at for fact in facts), default=0)
    found += _states(rules, outcome, arrived, until)
    return found + differences(
        alerts_of(outcome.facts),
        outcome.messages,
        outcome.acts,
        may_repeat=outcome.may_repeat,
    )


def alerts_of(facts: Partitions) -> dict[str, Alert]:
    """What each alert should look like, by its key."""
    told: dict[str, list[Told]] = {}
    for part in facts:
        for offset, value in enumerate(part):
            fact = decode_fact(value)
            if concerns_alerts(fact):
                told.setdefault(alert_key(fact), []).append(Told.of(fact, offset))
    folded = {key: fold(each) for key, each in told.items()}
    return {key: alert for key, alert in folded.items() if alert is not None}


def _with_holes(logs: Mapping[str, str]) -> Iterable[str]:
    return (name for name, log in logs.items() if "offsets missing in the topic" in log)


def _states(
    rules: Rules, outcome: Outcome, arrived: Sequence[bytes], until: int
) -> list[str]:
    """Each event is in the final state of its conversation exactly once."""
    run = Replay(rules)
    for _ in (*run.lines(arrived), *run.run_until(until)):
        pass
    last = {
        decode_event(value).conversation_id: offset
        for part in outcome.events
        for offset, value in enumerate(part)
    }
    wrong = [
        key
        for key in run.states.keys() | outcome.states.keys()
        if not _same(run.states.get(key), outcome.states.get(key), last.get(key))
    ]
    if not wrong:
        return []
    return [f"{len(wrong)} conversations have another state: {sorted(wrong)[:3]}"]


def _same(
    state: Conversation | None, stored: Stored | None, last_offset: int | None
) -> bool:
    if state is None or stored is None:
        return state is None and stored is None
    ours = _bare(stored.conversation)
    return ours == _bare(state) and stored.offset == last_offset


def _bare(state: Conversation) -> Conversation:
    """Without what depends on who was up when, and decides nothing.

    When a silence was last looked at, and what was told and taken back on the way.
    """
    told = tuple(
        replace(
            session,
            clocks=tuple(
                replace(clock, known_at=0, gone=()) for clock in session.clocks
            ),
        )
        for session in state.told
    )
    return replace(state, settled=0, told=told)
