"""Whose conversation: from a phone number, or another name, to ids of conversations.

Only here, where somebody has `REPLYCLOCK_ID_SECRET`: the names themselves are nowhere.
"""

import click

from stream.channels.people import People, decode_alias
from stream.channels.pseudonym import pseudonym
from stream.channels.whatsapp_contacts import bare
from stream.cli.group import raise_faults
from stream.config import Config
from stream.kafka.topic_reader import TopicReader
from stream.process.settings import SettingsError, read_settings


def is_name(text: str) -> bool:
    """Whether it is a customer's, and no id of a conversation: those have colons."""
    return ":" not in text


def conversations_of(name: str, config: Config) -> list[str]:
    """The ids that the customer `name` has, one for each account of the config.

    None without the secret, which is said.
    """
    try:
        secret = read_settings().id_secret
    except SettingsError as error:
        raise_faults(error)
    if secret is None:
        told = "set REPLYCLOCK_ID_SECRET to look for a customer's number or user id"
        click.echo(told, err=True)
        return []
    key, customer = secret.get_secret_value().encode(), bare(name)
    return [
        f"{channel}:{account}:{pseudonym(key, channel, account, customer)}"
        for channel, account in sorted(config.rules().queues)
    ]


async def joined(reader: TopicReader, topic: str, names: list[str]) -> list[str]:
    """The conversations that those of `names` are a part of by now (ADR 15)."""
    people = People()
    parts = await reader.partitions(topic)
    if parts:
        async for record in reader.last(parts):
            try:
                people.take(decode_alias(record.key or b"", record.value or b""))
            except ValueError:
                continue  # another version's
    return list(dict.fromkeys(map(people.conversation, names)))
