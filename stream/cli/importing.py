"""`replyclock import`: anybody's history as events, for replay and backtest."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo, available_timezones

import click

from stream.cli.group import Group, example, in_a_folder, main
from stream.cli.history import id_secret, pieces, write_events
from stream.config.nearest import meant
from stream.importing.chatwoot import Chatwoot
from stream.importing.columns import WrongColumnsError, are_numbers, pairs, placed
from stream.importing.csv_file import read_sheet
from stream.importing.found import Fault, Found, Note, UnreadableFileError
from stream.importing.helpdesk import Helpdesk, learn_file, read_file
from stream.importing.nameless import Nameless
from stream.importing.rows import Rows
from stream.importing.times import DateOrder, Times
from stream.importing.zendesk import Zendesk
from stream.sla.events import AuthorKind, Status


@main.group("import", cls=Group, epilog=example("replyclock import csv --help"))
def import_() -> None:
    """Turn a history into events: a CSV file, Chatwoot's, Zendesk's.

    Events come out as JSON lines in order of time, as `replay`, `backtest` and
    `explain` read them. Nothing is sent anywhere; no text, name or phone number is
    kept. Customers become pseudonyms, made with REPLYCLOCK_ID_SECRET when it is set.
    """


to_option = click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=in_a_folder,
    help="The file for the events; default: standard output.",
)


def _one_character(_: click.Context, __: click.Parameter, said: str | None) -> Any:
    if said is not None and (len(said) != 1 or said in '\r\n"'):
        raise click.BadParameter("must be one character")
    return said


def _known_encoding(_: click.Context, __: click.Parameter, name: str | None) -> Any:
    try:
        "".encode(name or "utf-8")
    except LookupError as error:
        raise click.BadParameter(f"{name!r}: write utf-8, cp1252, utf-16") from error
    return name


class ZoneType(click.ParamType):
    """A time zone's name."""

    name = "ZONE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> ZoneInfo:
        try:
            return ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            near = meant(str(value), available_timezones())
            self.fail(f"{value!r}{near or ': write Europe/Budapest'}", param, ctx)


@import_.command(
    "csv",
    epilog=example(
        "replyclock import csv tickets.csv --timezone Europe/Budapest \\\n"
        "    --columns 'conversation_id=Ticket ID,occurred_at=Created,author=From' \\\n"
        "    --customer-is 'End user' --agent-is Agent \\\n"
        "    --set channel=email,account=shop --to history.jsonl"
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--columns",
    "columns",
    multiple=True,
    metavar="FIELD=COLUMN,...",
    help="Which column is which field of an event (docs/events.md).",
)
@click.option(
    "--set",
    "constants",
    multiple=True,
    metavar="FIELD=VALUE,...",
    help="What is so in every row: channel=email,account=shop.",
)
@click.option("--customer-is", multiple=True, help="What `author` calls a customer.")
@click.option("--agent-is", multiple=True, help="... an agent.")
@click.option("--bot-is", multiple=True, help="... a bot.")
@click.option("--system-is", multiple=True, help="... an automation.")
@click.option(
    "--others-are",
    type=click.Choice([kind.value for kind in AuthorKind]),
    help="Who everybody else is; default: a fault.",
)
@click.option(
    "--status-is",
    multiple=True,
    metavar="STATUS=VALUE",
    help="What the file calls a status: resolved=Solved.",
)
@click.option("--timezone", type=ZoneType(), help="Of times that name none.")
@click.option(
    "--dates",
    type=click.Choice([order.value for order in DateOrder]),
    help="What 03/04/2026 begins with.",
)
@click.option(
    "--delimiter",
    callback=_one_character,
    help="Between cells; default: the one the header shows.",
)
@click.option(
    "--encoding",
    callback=_known_encoding,
    help="Default: UTF-8, or UTF-16 as Excel marks it.",
)
@to_option
def csv_(
    *,
    file: Path,
    columns: tuple[str, ...],
    constants: tuple[str, ...],
    others_are: str | None,
    status_is: tuple[str, ...],
    timezone: ZoneInfo | None,
    dates: str | None,
    delimiter: str | None,
    encoding: str | None,
    to: Path | None,
    **called: tuple[str, ...],
) -> None:
    """Turn the rows of FILE into events.

    Columns that bear a field's name need no --columns. A row with an author or a
    direction is a message; else its status, assignee, queue, tier or tags are what
    happened, or its column `kind` says so.
    """
    try:
        wanted, fixed = pairs(columns), pairs(constants)
    except WrongColumnsError as error:
        raise click.UsageError(str(error)) from error
    statuses = _statuses(status_is)
    authors = {
        name.casefold(): AuthorKind(option.removesuffix("_is"))
        for option, names in called.items()
        for name in names
    }

    def read(source: IO[bytes]) -> Iterator[Found]:
        try:
            sheet = read_sheet(source, encoding=encoding, delimiter=delimiter)
            if are_numbers(wanted, sheet.header):
                sheet = sheet.by_number()
            where = placed(sheet.header, wanted, fixed)
        except (UnreadableFileError, WrongColumnsError) as error:
            yield Fault(1, str(error))
            return
        rows = Rows(
            columns=where,
            times=Times(timezone, DateOrder(dates) if dates else None),
            nameless=Nameless(id_secret()),
            authors=authors,
            others=AuthorKind(others_are) if others_are else None,
            statuses=statuses,
        )
        number = 0
        for piece in sheet.rows:
            number += 1
            if isinstance(piece, Fault):
                yield piece
            else:
                yield from rows.read(*piece)
        unused = ", ".join(rows.columns.unused)
        yield Note(f"{number} rows{unused and f'; columns not used: {unused}'}")

    write_events((file,), read, to)


files_argument = click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
bot_option = click.option(
    "--bot-is",
    multiple=True,
    metavar="ID",
    help="The id of a user who is a bot; several times.",
)


@import_.command(epilog=example("replyclock import chatwoot chatwoot/*.json"))
@files_argument
@bot_option
@to_option
def chatwoot(files: tuple[Path, ...], bot_is: tuple[str, ...], to: Path | None) -> None:
    """Turn answers of Chatwoot's API into events: inboxes, conversations, messages.

    docs/import.md has the calls. Private notes stop no clock; what a bot, an
    automation or a template says is known as such.
    """
    _import_helpdesk(Chatwoot(Nameless(id_secret()), frozenset(bot_is)), files, to)


@import_.command(epilog=example("replyclock import zendesk users.json events-*.json"))
@files_argument
@bot_option
@to_option
def zendesk(files: tuple[Path, ...], bot_is: tuple[str, ...], to: Path | None) -> None:
    """Turn Zendesk's exports into events: ticket events or audits, users, tickets.

    docs/import.md has the calls. Who is an agent is in the export of users; without
    it, whoever is not a ticket's requester is unknown.
    """
    _import_helpdesk(Zendesk(Nameless(id_secret()), frozenset(bot_is)), files, to)


def _import_helpdesk(
    helpdesk: Helpdesk, files: tuple[Path, ...], to: Path | None
) -> None:
    """Read everything twice: what one file says of a conversation is in all of them."""
    for _ in pieces("who is who in", files, partial(learn_file, helpdesk)):
        pass
    write_events(files, partial(read_file, helpdesk), to)


def _statuses(said: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in said:
        status, _, value = pair.partition("=")
        if status not in {*Status} or not value:
            raise click.BadParameter(
                f"{pair!r}: write STATUS=VALUE with {', '.join(Status)}",
                param_hint="--status-is",
            )
        found[value.casefold()] = status
    return found
