"""Facts of one cycle, as the rules would conclude them."""

from typing import Any

from msgspec.structs import replace

from stream.sla.events import Channel
from stream.sla.facts import Fact, FactKind, Measure, Reason, Verdict, fact_id
from stream.sla.instants import MINUTE, SECOND

NINE = 1_795_424_400_000
"""2026-11-23T09:00:00Z: the customer wrote."""
TARGET = 30 * MINUTE
DEADLINE = NINE + TARGET


class Cycle:
    """One cycle; each method makes the fact, `noticed` seconds after its cause."""

    def __init__(
        self, conversation: str = "whatsapp:1:a3f9", start: int = NINE, **fields: Any
    ) -> None:
        self.conversation = conversation
        self.start = start
        self.fields = {"queue": "sales", "policy": "everyone", **fields}

    @property
    def deadline(self) -> int:
        return self.start + TARGET

    def fact(self, kind: FactKind, at: int, noticed: float = 1, **fields: Any) -> Fact:
        said = {
            "fact_id": fact_id(
                self.conversation, Measure.FIRST_REPLY, self.start, kind, at
            ),
            "kind": kind,
            "at": at,
            "noticed_at": at + round(noticed * SECOND),
            "conversation_id": self.conversation,
            "channel": Channel.WHATSAPP,
            "account": "106540352242922",
            "measure": Measure.FIRST_REPLY,
            "cycle": self.start,
            "policy_version": "3f2a9c01d4e5",
            "started_at": self.start,
            "deadline": self.deadline,
            "waited_ms": at - self.start,
            "waited_business_ms": at - self.start,
        }
        return Fact(**(said | self.fields | fields))

    def breached(self, noticed: float = 2.1, **fields: Any) -> Fact:
        return self.fact(FactKind.BREACHED, self.deadline, noticed, **fields)

    def warned(self, minutes: float = 24, noticed: float = 1, **fields: Any) -> Fact:
        at = self.start + round(minutes * MINUTE)
        return self.fact(FactKind.WARNED, at, noticed, **fields)

    def escalated(
        self, minutes: float = 40, to: str = "team-lead", **fields: Any
    ) -> Fact:
        """`minutes` after the start; its id names the receiver, as the rules' does."""
        at = self.start + round(minutes * MINUTE)
        fact = self.fact(FactKind.ESCALATED, at, to=to, **fields)
        return replace(fact, fact_id=f"{fact.fact_id}{to}")

    def answered(self, minutes: float = 42, noticed: float = 1, **fields: Any) -> Fact:
        at = self.start + round(minutes * MINUTE)
        fields = {"author": "agent:7"} | fields
        return self.fact(FactKind.ANSWERED_LATE, at, noticed, **fields)

    def taken_back(
        self, minutes: float = 43, noticed: float = 1, **fields: Any
    ) -> Fact:
        at = self.start + round(minutes * MINUTE)
        fields = {"reason": Reason.DELIVERY_FAILED} | fields
        return self.fact(FactKind.REPLY_RETRACTED, at, noticed, **fields)

    def ended(self, minutes: float = 50, noticed: float = 1) -> Fact:
        at = self.start + round(minutes * MINUTE)
        return self.fact(FactKind.WAIT_ENDED, at, noticed, reason=Reason.CLOSED)

    def cancelled(self, minutes: float = 20, noticed: float = 900) -> Fact:
        return self.fact(
            FactKind.CANCELLED,
            self.start + round(minutes * MINUTE),
            noticed,
            reason=Reason.CLOSED,
            replaces=Verdict.BREACHED,
        )

    def retracted(
        self, minutes: float = 29, noticed: float = 120, **fields: Any
    ) -> Fact:
        at = self.start + round(minutes * MINUTE)
        fields = {"replaces": Verdict.BREACHED} | fields
        return self.fact(FactKind.BREACH_RETRACTED, at, noticed, **fields)

    def met(self, minutes: float = 29, noticed: float = 120, **fields: Any) -> Fact:
        at = self.start + round(minutes * MINUTE)
        fields = {"author": "agent:7"} | fields
        return self.fact(FactKind.MET, at, noticed, **fields)
