"""The agreement of a live worker with `replay`, over what stands in Kafka.

Both get the same events in the same order; what differs is when a deadline is
concluded. Replay does it `allowed_lateness` after it, to the millisecond. A worker does
it at its next look, and one that was down when it is back: behind the events that came
meanwhile, which may disprove what replay has told and taken back since (ADR 4). Such
conversations are *touched*, and may tell less on the way. Their end must be the same.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import ConsumerRecord
from msgspec.structs import replace

from stream.records import decode_event
from stream.replay.replay import BadLineError, Replay
from stream.sla.conversation import reconsider
from stream.sla.cycles import Cycle, Cycles, Key
from stream.sla.facts import Fact, FactKind, Reason
from stream.sla.policy import Rules
from stream.sla.session import Session
from stream.sla.state import Conversation
from stream.worker.table import Stored, decode_state

Records = Sequence[ConsumerRecord]

_TICK = 1000
"""Who is killed may not have concluded what was due just before."""

PASSING = frozenset(
    {
        FactKind.WARNED,
        FactKind.BREACHED,
        FactKind.BREACH_RETRACTED,
        FactKind.ESCALATED,
        # An end that was told and then was none, while another run waited with it: a
        # point before it was not settled yet (6.13).
        FactKind.MET,
        FactKind.ANSWERED_LATE,
        FactKind.CANCELLED,
        FactKind.WAIT_ENDED,
        FactKind.REPLY_RETRACTED,
        # What a session came to, told at its end and again behind late news (ADR 33).
        FactKind.SESSION_ENDED,
    }
)
"""What is told on the way and may be untold when more was known at once.

What stands in the end is compared apart, whatever was told on the way.
"""


@dataclass(frozen=True, slots=True)
class Reload:
    """New rules, in force from one instant (ms) to another at the latest.

    `looked_at`: when a conversation was looked at again, where they are for running
    clocks, too: what came of it is dated so. `over_at`: when the last one was.
    """

    rules: Rules
    began: int
    ended: int
    looked_at: Mapping[str, int] = field(default_factory=dict)

    @property
    def over_at(self) -> int:
        return max([self.ended, *self.looked_at.values()])

    def seen_in(self, live: Iterable[Fact]) -> "Reload":
        """With what the worker said of it."""
        looked_at = {
            fact.conversation_id: fact.at
            for fact in live
            if fact.cause is None and fact.noticed_at == fact.at
        }
        return Reload(self.rules, self.began, self.ended, looked_at)


@dataclass(frozen=True, slots=True)
class Outage:
    """Instants (ms): killed, first heard of again, and done with what had waited."""

    began: int
    back: int
    ended: int


@dataclass
class Replayed:
    """What replay came to. Instants in milliseconds.

    `concluded`: the facts that time alone brought, and when; `arrivals`: when the
    events of each conversation came.
    """

    facts: list[Fact] = field(default_factory=list)
    states: Mapping[str, Conversation] = field(default_factory=dict)
    concluded: list[tuple[Fact, int]] = field(default_factory=list)
    arrivals: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def slowest(self, live: Sequence[Fact], outage: Outage) -> int:
        """How long the worker took at most to conclude while it was up."""
        told = Counter(fact.fact_id for fact in [*self.facts, *live])
        noticed = {f.fact_id: f.noticed_at for f in live if told[f.fact_id] == 2}
        return max(
            noticed.get(fact.fact_id, at) - at
            for fact, at in self.concluded
            if not outage.began - _TICK <= at <= outage.ended
        )

    def touched(self, reload: Reload, outage: Outage, delay: int) -> dict[str, str]:
        """Who may be told less, and why; the worker took `delay` at most."""
        found: dict[str, str] = {}
        for fact, at in self.concluded:
            key = fact.conversation_id
            if reload.began - delay <= at <= reload.over_at + delay:
                found[key] = f"due at {at}, in the reload"
                continue
            down = outage.began - delay <= at <= outage.ended
            latest = (outage.ended if down else at) + delay
            news = [a for a in self.arrivals[key] if at < a <= latest]
            if news:
                found[key] = f"due at {at}, news at {news[0]}"
        return found


async def read_records(broker: str, topic: str) -> list[list[ConsumerRecord]]:
    """Every record now in a topic, a list a partition, in offset order."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=broker, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        read: dict[int, list[ConsumerRecord]] = {tp.partition: [] for tp in ends}
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for tp, records in (await consumer.getmany(timeout_ms=500)).items():
                read[tp.partition] += records
        return list(read.values())
    finally:
        await consumer.stop()


def states_in(changelog: Iterable[Records]) -> dict[str, Stored]:
    """The last state of each conversation."""
    states: dict[str, Stored] = {}
    for record in (record for part in changelog for record in part):
        key = record.key.decode()
        if record.value is None:
            states.pop(key, None)
        else:
            states[key] = decode_state(record.value)
    return states


class Rerun:
    """Replay over records that bear the time when the broker had them.

    Args:
        silence: nothing is concluded while it lasts, and then behind what came.
    """

    def __init__(
        self, rules: Rules, reload: Reload, silence: Outage | None = None
    ) -> None:
        self._run = Replay(rules)
        self._has_new_rules = False
        self._reload = reload
        self._silence = silence
        self._is_silent = False
        self._replayed = Replayed(states=self._run.states)

    def over(self, records: Records, until: int) -> Replayed:
        """`records` in the order of their timestamps, and then time until `until`."""
        latest = 0
        for record in records:
            # What arrives at one instant is there before anything is concluded.
            if record.timestamp > latest:
                latest = record.timestamp
                self._until(latest - 1)
            if self._is_silent:
                self._run.now = latest  # or it would conclude by itself
            self._tell(self._run.lines([record.value]))
            key = decode_event(record.value).conversation_id
            self._replayed.arrivals[key].append(record.timestamp)
        self._until(until)
        return self._replayed

    def _until(self, now: int) -> None:
        if not self._has_new_rules and now >= self._reload.ended:
            self._conclude(self._reload.ended)
            self._take()
        self._conclude(now)

    def _conclude(self, now: int) -> None:
        replayed, silence = self._replayed, self._silence
        if silence is not None and silence.began <= now < silence.back:
            if self._is_silent:
                return
            self._is_silent, now = True, silence.began
        for fact in self._run.run_until(now):
            key = fact.conversation_id
            known_at = replayed.arrivals[key][-1]
            if self._has_new_rules:
                known_at = max(known_at, self._reload.looked_at.get(key, 0))
            at = max(fact.noticed_at, known_at)
            if silence is not None and silence.began < at < silence.back:
                at = silence.back
            replayed.concluded.append((fact, at))
            replayed.facts.append(fact)

    def _take(self) -> None:
        """The rules are others from here on, as `stream.worker.app` takes them."""
        self._has_new_rules = True
        rules = self._reload.rules.after(self._run._rules)
        self._run._rules = rules
        if rules.reevaluate_open:
            looked_at, ended = self._reload.looked_at, self._reload.ended
            for key in sorted(self._run.states, key=lambda k: looked_at.get(k, ended)):
                at = looked_at.get(key, ended)
                self._conclude(at)  # what has its verdict by then keeps it
                state = self._run.states[key]
                changed, facts = reconsider(key, state, rules, at)
                self._run._keep(key, changed)
                self._replayed.facts += facts

    def _tell(self, told: Iterable[Fact | BadLineError]) -> None:
        for fact in told:
            assert isinstance(fact, Fact), fact
            self._replayed.facts.append(fact)


def disagreements(
    live: Sequence[Fact],
    replayed: Replayed,
    touched: Mapping[str, str],
    *,
    versions: bool = True,
) -> list[str]:
    """A line for each conversation whose facts differ and may not.

    `versions`: who is touched has the same versions of policies, too. Not so where a
    reload applies to running clocks: a verdict that stands keeps its own.
    """
    ours, theirs = _by_conversation(live), _by_conversation(replayed.facts)
    found = []
    for key in sorted(ours.keys() | theirs.keys()):
        told, again = _distinct(ours[key]), _distinct(theirs[key])
        passing: frozenset[FactKind] = frozenset()
        if key in touched:  # perhaps an event made known what was due anyway
            passing = PASSING
            told = [_passing(fact, versions=versions) for fact in told]
            again = [_passing(fact, versions=versions) for fact in again]
        odd = [
            (who, fact)
            for who, these, those in (("live", told, again), ("replay", again, told))
            for fact in these
            if fact not in those and fact.kind not in passing
        ]
        if odd:
            found.append(f"{key}: only {odd}; {touched.get(key)}")
        elif key not in touched and told != again:
            found.append(f"{key}: the same facts in another order")
        if (stands := _stands(ours[key])) != (stood := _stands(theirs[key])):
            cycles = [c for c in stands | stood if stands.get(c) != stood.get(c)]
            differ = [(stands.get(c), stood.get(c)) for c in cycles]
            found.append(f"{key} ends otherwise: {differ}; {touched.get(key)}")
        if (came_to := _came_to(ours[key])) != (sums := _came_to(theirs[key])):
            found.append(f"{key} comes to {came_to} and {sums}; {touched.get(key)}")
    return found


def state_disagreements(
    live: Mapping[str, Stored],
    replayed: Replayed,
    touched: Mapping[str, str],
    *,
    versions: bool = True,
) -> list[str]:
    """Conversations that are remembered otherwise."""
    found = []
    for key, ours in sorted(live.items()):
        theirs = replayed.states[key]
        one, other = replace(ours.conversation, settled=0), replace(theirs, settled=0)
        if key in touched:
            one, other = (_bare(state, versions=versions) for state in (one, other))
        if one != other:
            found.append(f"{key}: live {ours.conversation}, replay {theirs}")
    return found


def _passing(fact: Fact, *, versions: bool) -> Fact:
    version = fact.policy_version if versions else None
    # The name of a statement counts what was told before it (semantics 6.11).
    return replace(fact, fact_id="", known_at=None, cause=None, policy_version=version)


def _by_conversation(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.conversation_id].append(fact)
    return found


def _distinct(facts: Iterable[Fact]) -> list[Fact]:
    """Each fact once, in the order of the first telling: a crash repeats facts."""
    found: dict[tuple[str, object], Fact] = {}
    for fact in facts:
        # When it was noticed differs, and decides nothing.
        found.setdefault((fact.fact_id, fact.replaces), replace(fact, noticed_at=0))
    return list(found.values())


def _stands(facts: Iterable[Fact]) -> dict[Key, Cycle]:
    """What a reader of the topic has of each cycle in the end."""
    cycles = Cycles()
    cycles.add(facts)
    return {
        key: replace(cycle, lateness=None, noticed_at=None, was_over=False)
        for key, cycle in cycles.by_key.items()
    }


def _came_to(facts: Iterable[Fact]) -> dict[int | None, object]:
    """What stands of each session that ended: what was told of it last (ADR 33)."""
    last = {
        fact.started_at: fact
        for fact in _distinct(facts)
        if fact.kind is FactKind.SESSION_ENDED
    }
    return {
        start: (fact.at, fact.reason, fact.queue, fact.assignee, fact.session)
        for start, fact in last.items()
        if fact.reason is not Reason.SUPERSEDED
    }


def _bare(state: Conversation, *, versions: bool) -> Conversation:
    """Without what was told on the way only."""
    told = tuple([_unwarned(session, versions=versions) for session in state.told])
    return replace(state, told=told, withdrawn=0)


def _unwarned(session: Session, *, versions: bool) -> Session:
    clocks = [
        replace(
            clock,
            warned=0,
            escalated=0,
            due=None,
            known_at=0,
            gone=(),
            life=0,
            policy_version=clock.policy_version if versions else "",
        )
        for clock in session.clocks
    ]
    return replace(session, clocks=tuple(clocks), life=0, gone=())
