"""`replyclock explain`: why a conversation's clock stands where it stands."""

import asyncio
import json
from importlib.metadata import entry_points
from pathlib import Path

import click
from aiokafka.partitioner import murmur2

from stream.cli.asking import ask
from stream.cli.group import config_option, example, main, read_config
from stream.config import Config
from stream.explain.notice import REMEMBERED, Notice, NoticesUnknownError
from stream.explain.plain import plain
from stream.explain.story import add_notices, stories
from stream.explain.words import Words
from stream.kafka.topic_reader import TopicReader
from stream.process.settings import Settings, read_settings
from stream.records import UnreadableRecordError, decode_fact
from stream.replay.replay import BadLineError, Replay
from stream.sla.facts import Fact
from stream.sla.instants import parse_rfc3339


@main.command(
    epilog=example("replyclock explain whatsapp:1065:3f2a --events week.jsonl")
)
@click.argument("conversation")
@click.option(
    "--events",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="From a file of events instead of the facts topic.",
)
@click.option("--until", help="With --events: let time run on to 2026-11-23T09:00Z.")
@config_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def explain(
    conversation: str,
    *,
    events: Path | None,
    until: str | None,
    config_path: Path | None,
    form: str,
) -> None:
    """Every transition of each clock of CONVERSATION, in order, with its reasons.

    What started it, which policy and calendar, how the deadline comes about, pauses,
    who held it, when it was noticed, who was told and where. Opening hours are those
    of the config of now.
    """
    config = read_config(config_path)
    rules = config.rules()
    if events is None:
        facts = _from_topic(conversation)
    else:
        facts = _from_file(conversation, events, config, until)
    if not facts:
        place = events or "the facts topic"
        raise click.ClickException(f"no facts of {conversation!r} in {place}")
    told, unknown = stories(facts), None
    try:
        if events is not None:
            raise NoticesUnknownError("the events are from a file")  # noqa: TRY301  one message for all
        add_notices(told, _notices(facts, config))
    except NoticesUnknownError as error:
        unknown = str(error)
    if form == "json":
        click.echo(json.dumps(plain(told, rules, unknown), indent=2))
        return
    click.echo(f"Conversation {conversation}\n")
    for line in Words(rules, config.timezone).told(told):
        click.echo(line)
    if unknown is not None:
        click.echo(f"\nWhat was sent where is not known: {unknown}")


def _from_file(
    conversation: str, path: Path, config: Config, until: str | None
) -> list[Fact]:
    try:
        end = parse_rfc3339(until) if until else None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--until") from error
    # Others' events only move the time on, but they do.
    replay = Replay(config.rules())
    with path.open("rb") as lines:
        facts = [
            fact
            for fact in replay.lines(lines)
            if not isinstance(fact, BadLineError)
            and fact.conversation_id == conversation
        ]
    facts += [
        fact
        for fact in replay.run_until(replay.now if end is None else end)
        if fact.conversation_id == conversation
    ]
    return facts


def _from_topic(conversation: str) -> list[Fact]:
    key = conversation.encode()

    async def read(settings: Settings, reader: TopicReader) -> list[Fact]:
        parts = await reader.partitions(settings.facts_topic)
        ours = (murmur2(key) & 0x7FFFFFFF) % max(1, len(parts))
        found = []
        async for record in reader.last([tp for tp in parts if tp.partition == ours]):
            if record.key == key:
                try:
                    found.append(decode_fact(record.value))
                except UnreadableRecordError:
                    continue  # another version's; the others still tell their part
        return found

    return ask(read)


def _notices(facts: list[Fact], config: Config) -> list[Notice]:
    points = entry_points(group=REMEMBERED)
    if not points:
        raise NoticesUnknownError("nothing that sends alerts is installed here")
    settings = read_settings()
    return [
        notice
        for point in points
        for notice in asyncio.run(point.load()(settings, config, facts))
    ]
