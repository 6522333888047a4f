"""Traffic in real time: who writes when, whose promise breaks, and who answers.

Most customers are answered a second after they wrote. Of the others the message tells
of a wait that began long ago, so that a target of minutes ends `LEAD_MS` after it came.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from bench.recovery import account_of, key_of
from bench.workload import PARTITIONS, Records, Workload
from stream.kafka.partitions import partition_of
from stream.records import encode_event
from stream.sla.events import Author, AuthorKind, Channel, Direction, MessageEvent
from stream.sla.facts import Measure
from stream.sla.instants import from_ms
from stream.sla.policy import Attributes, Rules

SLOT_MS = 50
"""What arrives within it is written at once."""
LEAD_MS = 5000
_ANSWERED_AFTER_MS = 1000
_BREAKING = 20
"""One in so many customers waits in vain."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What is written `at` (milliseconds), by partition."""

    at: int
    partitions: tuple[Records, ...]


class Traffic:
    """Slots to be filled; `breaches` counts the promises that will break.

    `accounts`: to which customers write, one after the other; one is enough. The first
    one's promise is that of all.
    """

    def __init__(
        self, rules: Rules, start: int, seconds: int, accounts: Sequence[str] = ()
    ) -> None:
        self._accounts = accounts or (account_of(rules),)
        account = self._accounts[0]
        queue = rules.queue_of("whatsapp", account)
        policy = rules.book.choose(Attributes("whatsapp", account, queue))
        assert policy is not None
        target = next(t for t in policy.targets if t.measure is Measure.FIRST_REPLY)
        self._within = target.within
        self._start = start
        self._slots: list[tuple[Records, ...]] = [
            tuple([] for _ in range(PARTITIONS))
            for _ in range(seconds * 1000 // SLOT_MS)
        ]
        self._customers = 0
        self.events = 0
        self.breaches = 0

    def steady(self, rate: int, until: int, breaking: int = _BREAKING) -> None:
        """`rate` events a second for `until` seconds, evenly.

        One in `breaking` customers waits in vain.
        """
        customers = rate * until // 2
        random = Random(rate)  # noqa: S311  traffic, not secrets
        for number in range(customers):
            at = number * until * 1000 // customers
            breaks = number % breaking == 0
            # Most have just begun to wait; who is to wait in vain began long ago.
            lead = LEAD_MS + random.randrange(1000) if breaks else self._within
            self._customer(at, at + lead, answered=not breaks)

    def burst(self, customers: int, written_within: int, due: int) -> None:
        """`customers` whose promises all break within the second `due`."""
        for number in range(customers):
            at = number * written_within * 1000 // customers
            deadline = due * 1000 + number * 1000 // customers
            self._customer(at, deadline, answered=False)

    def slots(self) -> Iterator[Slot]:
        for number, partitions in enumerate(self._slots):
            yield Slot(self._start + number * SLOT_MS, partitions)

    def backlog(self) -> Workload:
        """All of it at once."""
        partitions: tuple[Records, ...] = tuple([] for _ in range(PARTITIONS))
        for slot in self._slots:
            for whole, records in zip(partitions, slot, strict=True):
                whole.extend(records)
        return Workload(
            "live", "live", self.events, self._customers, partitions, frozenset()
        )

    def _customer(self, at: int, deadline: int, *, answered: bool) -> None:
        self._customers += 1
        # Of those who are answered and of those who are not, each account has as many.
        turn = self._customers if answered else self.breaches
        account = self._accounts[turn % len(self._accounts)]
        self._say(account, at, deadline - self._within, Direction.INBOUND)
        if answered:
            reply = at + _ANSWERED_AFTER_MS
            self._say(account, reply, reply, Direction.OUTBOUND)
        else:
            self.breaches += 1

    def _say(self, account: str, at: int, occurred: int, direction: Direction) -> None:
        """Of the latest customer."""
        slot = at // SLOT_MS
        if slot >= len(self._slots):
            return
        conversation = key_of(account, self._customers)
        is_reply = direction is Direction.OUTBOUND
        kind = AuthorKind.AGENT if is_reply else AuthorKind.CUSTOMER
        self.events += 1
        event = MessageEvent(
            v=1,
            event_id=f"e{self.events}",
            occurred_at=from_ms(self._start + occurred),
            conversation_id=conversation,
            channel=Channel.WHATSAPP,
            account=account,
            message_id=f"wamid.{self.events}",
            direction=direction,
            author=Author(kind=kind, id="agent:7" if is_reply else None),
        )
        key = conversation.encode()
        partition = partition_of(key, PARTITIONS)
        self._slots[slot][partition].append((key, encode_event(event)))
