"""A command that reads topics: what goes wrong is one line and exit status 1."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import click
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError

from stream.cli.group import raise_faults
from stream.kafka.probe import KafkaUnreachableError, probe
from stream.kafka.refusal import RefusedStartError
from stream.kafka.topic_reader import TopicReader, reading
from stream.process.settings import Settings, SettingsError, read_settings

T = TypeVar("T")


def _letters_and_events(settings: Settings) -> Sequence[str]:
    return settings.dead_letters_topic, settings.events_topic


def ask(
    work: Callable[[Settings, TopicReader], Awaitable[T]],
    needs: Callable[[Settings], Sequence[str]] = _letters_and_events,
) -> T:
    """Do `work`; the topics that it `needs` are there, or it ends here."""
    try:
        settings = read_settings()
    except SettingsError as error:
        raise_faults(error)
    # Its every attempt would be a line; the one that counts is said below.
    logger = logging.getLogger("aiokafka")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        return asyncio.run(_work(settings, work, needs(settings)))
    except RefusedStartError as error:
        raise_faults(error)
    except KafkaUnreachableError as error:
        why = f"is not reachable: {error}; see REPLYCLOCK_BROKER"
    except TopicAuthorizationFailedError as error:
        why = f"refuses: {error}; docs/kafka.md lists the rights needed"
    except (KafkaError, TimeoutError) as error:
        why = f"did not answer: {str(error) or type(error).__name__}; try again"
    finally:
        logger.setLevel(level)
    raise click.ClickException(f"kafka at {settings.broker} {why}")


async def _work(
    settings: Settings,
    work: Callable[[Settings, TopicReader], Awaitable[T]],
    topics: Sequence[str],
) -> T:
    await probe(settings.kafka)
    async with reading(settings.kafka) as reader:
        for topic in topics:
            if not await reader.partitions(topic):
                raise click.ClickException(
                    f"{topic} is missing in Kafka at {settings.broker}, or hidden from"
                    " this user: see REPLYCLOCK_TOPIC_PREFIX; the worker creates it"
                )
        return await work(settings, reader)
