"""`replyclock explain`: why a conversation's clock stands where it stands."""

import asyncio
import json
from importlib.metadata import entry_points
from pathlib import Path

import click

from stream.cli.asking import ask
from stream.cli.group import config_option, example, main, read_config
from stream.cli.whose import conversations_of, is_name, joined
from stream.config import Config
from stream.explain.notice import REMEMBERED, Notice, NoticesUnknownError
from stream.explain.plain import plain
from stream.explain.story import add_notices, stories
from stream.explain.words import Words
from stream.kafka.partitions import partition_of
from stream.kafka.topic_reader import TopicReader
from stream.process.settings import Settings, read_settings
from stream.records import UnreadableRecordError, decode_fact
from stream.replay.replay import BadLineError, Replay
from stream.sla.facts import Fact
from stream.sla.instants import parse_rfc3339


@main.command(
    epilog=example(
        "replyclock explain whatsapp:1065:3f2a --events week.jsonl\n"
        "  REPLYCLOCK_ID_SECRET=… replyclock explain '+36 30 123 4567'"
    )
)
@click.argument("conversation")
@click.option(
    "--events",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="From a file of events instead of the facts topic.",
)
@click.option(
    "--until",
    metavar="WHEN",
    help="With --events: let time run on to 2026-11-23T09:00Z.",
)
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
    of the config of now. A customer's phone number or user id will do, where the secret
    is that makes the ids: it is looked for in all accounts of the config.
    """
    config = read_config(config_path)
    rules = config.rules()
    facts = _facts_of(conversation, events, until, config)
    conversation = facts[0].conversation_id
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


def _facts_of(
    conversation: str, events: Path | None, until: str | None, config: Config
) -> list[Fact]:
    """At least one; of one conversation, which may be given by its customer's name."""

    def found(names: list[str]) -> list[Fact]:
        if events is None:
            return _from_topic(names)
        return _from_file(names, events, config, until)

    facts = found([conversation])
    if not facts and is_name(conversation):
        facts = found(conversations_of(conversation, config))
    if not facts:
        place = events or (
            "the facts topic: is it spelt so? Kafka forgets facts (after a week, as we"
            " make the topic); events of a file are asked with --events FILE"
        )
        raise click.ClickException(f"no facts of {conversation!r} in {place}")
    named = sorted({fact.conversation_id for fact in facts})
    if len(named) > 1:
        several = "\n  ".join(named)
        raise click.ClickException(f"several conversations, name one:\n  {several}")
    return facts


def _from_file(
    named: list[str], path: Path, config: Config, until: str | None
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
            if not isinstance(fact, BadLineError) and fact.conversation_id in named
        ]
    facts += [
        fact
        for fact in replay.run_until(replay.now if end is None else end)
        if fact.conversation_id in named
    ]
    return facts


def _from_topic(named: list[str]) -> list[Fact]:
    async def read(settings: Settings, reader: TopicReader) -> list[Fact]:
        names = named
        if len(named) > 1:
            names = await joined(reader, settings.aliases_topic, named)
        keys = {name.encode() for name in names}
        parts = await reader.partitions(settings.facts_topic)
        ours = {partition_of(key, max(1, len(parts))) for key in keys}
        found = []
        async for record in reader.last([tp for tp in parts if tp.partition in ours]):
            if record.key in keys:
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
