"""*No reply needed* in the real topic, and what the rules make of it."""

import pytest

from alerts.alert import alert_key
from alerts.presses.press import PressKind
from alerts.presses.unneeded import no_reply_needed
from stream.config import parse_config
from stream.kafka.events_topic import EventsTopic
from stream.kafka.partitions import partition_of
from stream.records import decode_event, encode_event
from stream.replay.replay import Replay
from stream.sla.events import (
    Author,
    AuthorKind,
    Channel,
    Direction,
    MessageEvent,
    NoReplyNeededEvent,
)
from stream.sla.facts import Fact, FactKind, Reason
from stream.sla.instants import MINUTE, from_ms
from tests.alerts.conftest import Delivering
from tests.alerts.cycles import NINE, Cycle
from tests.alerts.patience import eventually
from tests.alerts.presses.conftest import Desk
from tests.kafka.test_events_topic import PARTITIONS, create_topic, records

RULES = parse_config(
    """
version: 1
policies: [{name: everyone, targets: {first_reply: 30m}}]
alerts:
  routes: [{to: ops}]
  receivers: {ops: {slack: {channel: C0OPS}}}
""",
    "test.yaml",
).rules()


@pytest.mark.broker
async def test_it_is_where_the_conversation_is(
    delivering: Delivering, desk: Desk, kafka: str, prefix: str
) -> None:
    """Keyed by the conversation, in its partition (contract 2)."""
    await create_topic(kafka, prefix)
    breach = Cycle("whatsapp:1:a3f9").breached()
    await delivering.tell(breach)
    name = f"{prefix}conversations.events"
    async with EventsTopic(broker=kafka, name=name, partitions=PARTITIONS) as topic:

        async def is_ready() -> bool:
            return topic.is_ready

        await eventually(is_ready, 30)
        desk.events = topic  # type: ignore[assignment]  the real one
        presses = desk.of(delivering.ledger)
        press = desk.made(PressKind.NO_REPLY_NEEDED)
        await presses.press(alert_key(breach), press)

    [record] = await records(kafka, prefix)
    assert record.key == b"whatsapp:1:a3f9"
    assert record.partition == partition_of(record.key, PARTITIONS)
    assert decode_event(record.value) == no_reply_needed(press, breach)


def test_the_rules_end_the_wait(desk: Desk) -> None:
    """After the breach it is ended for that reason; told twice, it is ended once."""
    asked = MessageEvent(
        v=1,
        event_id="1",
        message_id="1",
        occurred_at=from_ms(NINE),
        conversation_id="whatsapp:1:a3f9",
        channel=Channel.WHATSAPP,
        account="1",
        direction=Direction.INBOUND,
        author=Author(kind=AuthorKind.CUSTOMER),
    )
    replay = Replay(RULES)
    [*begun] = replay.lines([encode_event(asked)])
    [*broken] = replay.run_until(desk.clock.now)
    breach = next(
        fact
        for fact in [*begun, *broken]
        if isinstance(fact, Fact) and fact.kind is FactKind.BREACHED
    )
    event = no_reply_needed(desk.made(PressKind.NO_REPLY_NEEDED), breach)
    assert isinstance(event, NoReplyNeededEvent)
    told = [*replay.lines([encode_event(event)] * 2)]
    told += replay.run_until(desk.clock.now + MINUTE)
    ends = [f for f in told if isinstance(f, Fact) and f.kind is FactKind.WAIT_ENDED]
    assert [(f.reason, f.at) for f in ends] == [
        (Reason.NO_REPLY_NEEDED, desk.clock.now)
    ]
