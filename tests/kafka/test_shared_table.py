"""What one intake learns of a customer's names, all know, and after a restart."""

from typing import Any

import pytest

from stream.channels import whatsapp
from stream.channels.people import Alias, decode_alias, encode_alias
from stream.channels.reading import Parsed
from stream.intake.customers import Customers
from stream.kafka.access import KafkaAccess
from stream.kafka.events_topic import EventsTopic, KafkaAwayError
from tests.channels.test_one_person import NOW, PHONE, USER, asks, sent
from tests.kafka.test_events_topic import PARTITIONS, create_topic, records, until


def customers(broker: str, prefix: str) -> Customers:
    topic = EventsTopic(
        broker=broker, name=f"{prefix}conversations.events", partitions=PARTITIONS
    )
    return Customers(topic, KafkaAccess.to(broker), f"{prefix}conversations.aliases")


def parsed(body: dict[str, Any]) -> Parsed:
    return whatsapp.parse(body, id_secret=b"secret", received_at=NOW)


async def ready(intake: Customers) -> None:
    async def is_ready() -> bool:
        return intake.is_ready

    await until(is_ready)


def keys(found: list[Any]) -> list[str]:
    """The conversations of the events that are no joins."""
    return [r.key.decode() for r in found if b'"same_customer"' not in r.value]


@pytest.mark.broker
async def test_all_intakes_and_the_next_one_know(kafka: str, prefix: str) -> None:
    """One hears both names; another, and one that starts later, hear only one."""
    await create_topic(kafka, prefix)
    here, there, later = (customers(kafka, prefix) for _ in range(3))
    async with here.following(), there.following():
        await ready(here)
        await ready(there)
        await here.keep(parsed(asks(**{"from": PHONE}, from_user_id=USER)))

        async def knows() -> bool:
            return bool(there._people._of)

        await until(knows)
        await there.keep(parsed(sent(recipient_user_id=USER)))
    async with later.following():
        await ready(later)
        await later.keep(parsed(sent(90, recipient_user_id=USER)))

    assert len(set(keys(await records(kafka, prefix)))) == 1


@pytest.mark.broker
async def test_what_was_not_kept_is_learned_again(kafka: str, prefix: str) -> None:
    """Kafka takes nothing: 503, and the same body teaches the same once more."""
    await create_topic(kafka, prefix)
    intake = customers(kafka, prefix)
    both = parsed(asks(**{"from": PHONE}, from_user_id=USER))
    async with intake.following():
        await ready(intake)
        producer, intake._topic._producer = intake._topic._producer, None
        with pytest.raises(KafkaAwayError):
            await intake.keep(both)
        intake._topic._producer = producer
        await intake.keep(both)

    joins = [r for r in await records(kafka, prefix) if b'"same_customer"' in r.value]
    assert len(joins) == 1


def test_an_alias_survives_the_wire() -> None:
    """And what is none says so, without quoting it."""
    alias = Alias(name="whatsapp:1:a", of="whatsapp:1:b", has_phone=True)

    assert decode_alias(b"whatsapp:1:a", encode_alias(alias)) == alias
    for value in (b"", b"{}", b'{"v":2,"of":"+36301234567"}'):
        with pytest.raises(ValueError, match=r"^not an alias of version 1$"):
            decode_alias(b"k", value)
