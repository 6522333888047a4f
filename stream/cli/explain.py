"""`replyclock explain`: why a conversation's clock stands where it stands."""

import json
from pathlib import Path

import click
from aiokafka.partitioner import murmur2

from stream.cli.asking import ask
from stream.cli.group import config_option, example, main, read_config
from stream.config import Config
from stream.explain.story import ClockStory, SessionStory, calendar_of, stories
from stream.explain.words import Words
from stream.records import UnreadableRecordError, decode_fact, encode_fact
from stream.replay import BadLineError, Replay
from stream.settings import Settings
from stream.sla.facts import Fact
from stream.sla.instants import parse_rfc3339, rfc3339
from stream.sla.policy import Rules
from stream.topic_reader import TopicReader


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
    who held it, when it was noticed. Opening hours are those of the config of now.
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
    told = stories(facts)
    if form == "json":
        plain = [_plain(session, rules) for session in told]
        click.echo(json.dumps({"sessions": plain}, indent=2))
        return
    click.echo(f"Conversation {conversation}\n")
    for line in Words(rules, config.timezone).told(told):
        click.echo(line)


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


def _plain(session: SessionStory, rules: Rules) -> dict[str, object]:
    return {
        "started_at": rfc3339(session.start.at),
        "ended_at": None if session.end is None else rfc3339(session.end.at),
        "clocks": [_plain_clock(clock, rules) for clock in session.clocks],
    }


def _plain_clock(clock: ClockStory, rules: Rules) -> dict[str, object]:
    end, last = clock.end, clock.last
    calendar = calendar_of(last, rules)
    until = end.at if end is not None else last.noticed_at
    counted = clock.counted(calendar, until)
    return {
        "measure": clock.measure.value,
        "cycle": rfc3339(clock.started_at),
        "shadow": clock.shadow,
        "stands": clock.standing,
        "counted": [[rfc3339(a), rfc3339(b)] for a, b in counted],
        "counted_s": sum(b - a for a, b in counted) / 1000,
        "facts": [json.loads(encode_fact(fact)) for fact in clock.facts],
    }
