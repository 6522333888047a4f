"""A play's bodies as events, by the doors that they come through."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from stream.channels.people import People, in_one
from stream.channels.reading import Parsed
from stream.channels.sources import SOURCES
from stream.intake.posted import read_posted
from stream.process.senders import Sender
from stream.simulator.stories import POSTS, Delivery
from stream.sla.events import Event

SECRET = b"secret"


def arriving(deliveries: Iterable[Delivery]) -> Iterator[tuple[int, Event]]:
    """Each event and when intake has it, in milliseconds."""
    people = People()
    for delivery in deliveries:
        for event in in_one(_parsed(delivery), people)[0]:
            yield delivery.at, event


def _parsed(delivery: Delivery) -> Parsed:
    body = msgspec.json.encode(delivery.body)
    at = datetime.fromtimestamp(delivery.at / 1000, UTC)
    if delivery.source != POSTS:
        return SOURCES[delivery.source](body, id_secret=SECRET, received_at=at)
    desk = Sender(name="desk", prefix="desk:")
    return read_posted(
        body, is_lines=False, sender=desk, id_secret=SECRET, received_at=at
    ).parsed
