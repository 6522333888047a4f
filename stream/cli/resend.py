"""`replyclock dead-letters resend`: another chance for what can be read now."""

import sys
from collections.abc import Callable, Sequence
from functools import partial

import click

from stream.cli.asking import ask
from stream.cli.choice import Choice, Place, PlaceType, choice_options
from stream.cli.dead_letters import dead_letters
from stream.cli.group import example
from stream.cli.instant import now
from stream.dead_letters.resending import Outcome, Resender, resending_to
from stream.dead_letters.topic import Found, contents
from stream.kafka.topic_reader import TopicReader
from stream.process.settings import Settings

_LINES = 20
"""Places that are named one by one."""


@dead_letters.command(
    epilog=example("replyclock dead-letters resend --all --since 4h --dry-run")
)
@click.argument("places", nargs=-1, type=PlaceType())
@click.option("--all", "every", is_flag=True, help="Every one not resent yet.")
@choice_options
@click.option("--dry-run", is_flag=True, help="Only say which can be read now.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def resend(
    places: tuple[Place, ...],
    *,
    every: bool,
    since: int | None,
    reason: str | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Write the events at PLACES (PARTITION:OFFSET), or --all, anew to their topic.

    For when a version that can read them runs. They go to the end of the topic under
    the key of their conversation, as they were. What cannot be read stays where it is;
    nothing is resent twice. Exit status 1 when something was not resent.
    """
    if bool(places) == every:
        raise click.UsageError("name places, 0:117, or say --all")
    choice = Choice(since, reason)
    if places and choice != Choice():
        raise click.UsageError("--since and --reason go with --all")
    letters = ask(partial(_choose, frozenset(places), choice))
    if not letters:
        click.echo("nothing to resend")
        return
    if not (dry_run or yes):
        if not sys.stdin.isatty():
            raise click.UsageError("nobody is here to be asked: say --yes")
        click.confirm(f"resend {len(letters)} records?", abort=True, err=True)
    with click.progressbar(
        length=len(letters), label=f"{len(letters)} records", file=sys.stderr
    ) as bar:
        outcome = ask(partial(_resend, letters, bar.update, dry_run))
    _tell_failures(outcome)
    what = "would be resent" if dry_run else "resent"
    click.echo(f"{outcome.resent} of {len(letters)} records {what}")
    sys.exit(1 if outcome.unreadable or outcome.gone else 0)


async def _choose(
    places: frozenset[Place], choice: Choice, settings: Settings, reader: TopicReader
) -> list[Found]:
    """The letters to resend; says of each named place why it is not among them."""
    found = await contents(reader, settings.dead_letters_topic)
    events = {
        (one.letter.partition, one.letter.offset): one
        for one in found.letters
        if one.letter.topic == settings.events_topic
    }
    if places:
        unknown = sorted(places - events.keys())
        if unknown:
            said = ", ".join(f"{partition}:{offset}" for partition, offset in unknown)
            raise click.ClickException(
                f"no dead letter of {settings.events_topic} at {said}:"
                " see replyclock dead-letters list"
            )
        chosen = [events[place] for place in sorted(places)]
        _name_all("was resent before", [one for one in chosen if one.resent_at])
    else:
        chosen = [one for one in events.values() if choice.holds(one)]
        facts = len(found.letters) - len(events)
        if facts:
            click.echo(f"{facts} are no events: only events are resent", err=True)
    return [one for one in chosen if not one.resent_at]


async def _resend(
    letters: Sequence[Found],
    step: Callable[[int], None],
    dry_run: bool,  # noqa: FBT001  by `partial`
    settings: Settings,
    reader: TopicReader,
) -> Outcome:
    resender = Resender(reader, settings.dead_letters_topic, now())
    if dry_run:
        return await resender.resend(letters, None, step)
    async with resending_to(settings.kafka) as producer:
        return await resender.resend(letters, producer, step)


def _tell_failures(outcome: Outcome) -> None:
    _name_all("is no longer in the topic", outcome.gone)
    for found, why in outcome.unreadable[:_LINES]:
        _name_all(f"cannot be read: {why}", [found])
    left = len(outcome.unreadable) - _LINES
    if left > 0:
        click.echo(f"{left} more cannot be read", err=True)


def _name_all(what: str, letters: Sequence[Found]) -> None:
    for found in letters[:_LINES]:
        letter = found.letter
        click.echo(f"{letter.partition}:{letter.offset} {what}", err=True)
    if len(letters) > _LINES:
        click.echo(f"… and {len(letters) - _LINES} more", err=True)
