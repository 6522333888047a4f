"""`replyclock dead-letters list` and `show`: what could not be read."""

import json
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

import click
from aiokafka.structs import ConsumerRecord, TopicPartition

from stream.cli.asking import ask
from stream.cli.choice import Choice, Place, PlaceType, choice_options
from stream.cli.group import Group, example, main
from stream.dead_letters.masking import mask
from stream.dead_letters.topic import Contents, Found, contents
from stream.kafka.topic_reader import TopicReader
from stream.process.settings import Settings
from stream.records import UnreadableRecordError, decode_event


@main.group(
    "dead-letters",
    cls=Group,
    epilog=example("replyclock dead-letters list --since 24h"),
)
def dead_letters() -> None:
    """What could not be read: list it, look at it, send it again.

    A dead letter says where a record is and why it could not be applied. The record
    itself stays in its topic.
    """


@dead_letters.command(
    "list", epilog=example("replyclock dead-letters list --since 4h --reason kind")
)
@choice_options
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1), help="The last."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def list_letters(since: int | None, reason: str | None, limit: int, form: str) -> None:
    """When, where (topic, PARTITION:OFFSET) and why; then how many for each reason."""
    found = ask(_contents)
    choice = Choice(since, reason)
    chosen = [one for one in found.letters if choice.holds(one)]
    if found.strange:
        click.echo(f"{found.strange} records in the topic are no letters", err=True)
    if form == "json":
        click.echo(json.dumps(_plain(chosen, limit), indent=2))
    elif chosen:
        _print(chosen, limit)
    else:
        count = len(found.letters)
        click.echo(f"none of {count} dead letters" if count else "no dead letters")


@dead_letters.command(epilog=example("replyclock dead-letters show 0:117"))
@click.argument("place", type=PlaceType())
@click.option("--raw", is_flag=True, help="The record as it is, with people's words.")
def show(place: Place, *, raw: bool) -> None:
    """The dead letter of the event at PARTITION:OFFSET, and the record itself.

    What may be a name, a phone number or somebody's words is masked, unless --raw.
    """
    found, record = ask(partial(_look_up, place))
    letter = found.letter
    click.echo(f"place:  {letter.topic} {letter.partition}:{letter.offset}")
    click.echo(f"when:   {letter.at}")
    click.echo(f"reason: {letter.reason}")
    click.echo(f"resent: {found.resent_at or 'no'}")
    if record is None:
        click.echo("record: no longer in the topic")
        return
    value: bytes = record.value or b""
    click.echo(f"now:    {_readable_now(value)}")
    click.echo("record:")
    if raw:
        click.echo("not masked: this may be personal data", err=True)
    click.echo(_as_text(value) if raw else mask(value))


async def _contents(settings: Settings, reader: TopicReader) -> Contents:
    return await contents(reader, settings.dead_letters_topic)


async def _look_up(
    place: Place, settings: Settings, reader: TopicReader
) -> tuple[Found, ConsumerRecord | None]:
    partition, offset = place
    wanted = (settings.events_topic, partition, offset)
    for found in (await _contents(settings, reader)).letters:
        letter = found.letter
        if (letter.topic, letter.partition, letter.offset) == wanted:
            where = TopicPartition(letter.topic, partition)
            async for _, record in reader.at(where, [offset]):
                return found, record
    raise click.ClickException(
        f"no dead letter of {settings.events_topic} at {partition}:{offset}:"
        " see replyclock dead-letters list"
    )


def _print(chosen: Sequence[Found], limit: int) -> None:
    for found in chosen[-limit:]:
        letter = found.letter
        place = f"{letter.topic} {letter.partition}:{letter.offset}"
        resent = f" (resent {found.resent_at})" if found.resent_at else ""
        click.echo(f"{letter.at}  {place}  {letter.reason}{resent}")
    if len(chosen) > limit:
        left = len(chosen) - limit
        click.echo(f"{left} earlier ones are left out: see --limit", err=True)
    resent_count = sum(found.resent_at is not None for found in chosen)
    many = "1 dead letter" if len(chosen) == 1 else f"{len(chosen)} dead letters"
    click.echo(f"\n{many}, {resent_count} of them resent")
    for reason, count in _reasons(chosen).items():
        click.echo(f"{count:>8}  {reason}")


def _plain(chosen: Sequence[Found], limit: int) -> dict[str, Any]:
    return {
        "count": len(chosen),
        "reasons": _reasons(chosen),
        "letters": [
            {
                "topic": found.letter.topic,
                "partition": found.letter.partition,
                "offset": found.letter.offset,
                "at": found.letter.at,
                "reason": found.letter.reason,
                "resent_at": found.resent_at,
            }
            for found in chosen[-limit:]
        ],
    }


def _reasons(chosen: Sequence[Found]) -> dict[str, int]:
    """The commonest first."""
    return dict(Counter(found.letter.reason for found in chosen).most_common())


def _readable_now(value: bytes) -> str:
    try:
        decode_event(value)
    except UnreadableRecordError as error:
        return f"cannot be read: {error}"
    return "can be read"


def _as_text(value: bytes) -> str:
    # A terminal obeys control characters, and anybody may have sent them.
    text = value.decode("utf-8", "backslashreplace")
    return "".join(
        one if one.isprintable() or one in "\n\t" else ascii(one)[1:-1] for one in text
    )
