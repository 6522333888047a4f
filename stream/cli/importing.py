"""`replyclock import`: anybody's history as events, for replay and backtest."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

import click

from stream.cli.events_file import SHOWN_FAULTS
from stream.cli.group import Group, example, in_a_folder, main, raise_faults
from stream.importing.columns import WrongColumnsError, pairs, placed
from stream.importing.csv_file import read_sheet
from stream.importing.found import Fault, Found, LeftOut, UnreadableFileError
from stream.importing.nameless import Nameless
from stream.importing.rows import Rows
from stream.importing.sorting import InOrder
from stream.importing.summary import Summary
from stream.importing.times import DateOrder, Times
from stream.process.settings import SettingsError, read_settings
from stream.sla.events import AuthorKind, Status

_EVERY = 1000
"""Pieces between two looks at how far the file is read."""


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
        except (ValueError, OSError):
            self.fail(f"{value!r}: write Europe/Budapest, or UTC", param, ctx)


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
    authors = {
        name.casefold(): AuthorKind(option.removesuffix("_is"))
        for option, names in called.items()
        for name in names
    }

    def read(name: str, source: IO[bytes]) -> Iterator[Found]:
        sheet = read_sheet(source, encoding=encoding, delimiter=delimiter)
        rows = Rows(
            columns=placed(sheet.header, wanted, fixed),
            times=Times(timezone, DateOrder(dates) if dates else None),
            nameless=Nameless(_id_secret()),
            authors=authors,
            others=AuthorKind(others_are) if others_are else None,
            statuses=_statuses(status_is),
        )
        if rows.columns.unused:
            click.echo(f"{name}: not used: {', '.join(rows.columns.unused)}", err=True)
        for piece in sheet.rows:
            if isinstance(piece, Fault):
                yield piece
            else:
                yield from rows.read(*piece)

    _import((file,), read, to)


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


def _import(
    files: tuple[Path, ...],
    read: Callable[[str, IO[bytes]], Iterable[Found]],
    to: Path | None,
) -> None:
    """Write the events of `files`, tell what there was, and exit."""
    if to is not None and to.exists() and any(to.samefile(file) for file in files):
        raise click.BadParameter("is a file that is read", param_hint="--to")
    summary = Summary()
    with InOrder() as events:
        for name, found in _pieces(files, read):
            summary.add(found)
            if isinstance(found, Fault):
                if summary.faults <= SHOWN_FAULTS:
                    click.echo(f"{name}:{found}", err=True)
            elif not isinstance(found, LeftOut):
                events.add(found)
        with _out(to) as out:
            out.writelines(events.lines())
    if summary.faults > SHOWN_FAULTS:
        click.echo(f"... {summary.faults} faults", err=True)
    for sentence in summary.sentences():
        click.echo(sentence, err=True)
    sys.exit(1 if summary.faults else 0)


def _pieces(
    files: tuple[Path, ...], read: Callable[[str, IO[bytes]], Iterable[Found]]
) -> Iterator[tuple[Path, Found]]:
    """What each file gives, and how far they are read, on a terminal."""
    whole = sum(file.stat().st_size for file in files)
    before = 0
    label = f"reading {', '.join(file.name for file in files[:3])}"
    with click.progressbar(length=whole, label=label, file=sys.stderr) as bar:
        for name in files:
            with name.open("rb") as source:
                try:
                    for number, found in enumerate(read(str(name), source)):
                        yield name, found
                        if number % _EVERY == 0:
                            bar.update(before + source.tell() - bar.pos)
                except (UnreadableFileError, WrongColumnsError) as error:
                    yield name, Fault(1, str(error))
            before += name.stat().st_size
            bar.update(before - bar.pos)


@contextmanager
def _out(to: Path | None) -> Iterator[IO[bytes]]:
    if to is None:
        yield click.get_binary_stream("stdout")
        return
    try:
        with to.open("wb") as out:
            yield out
    except OSError as error:
        raise click.ClickException(f"{to}: {error.strerror}") from error


def _id_secret() -> bytes:
    try:
        secret = read_settings().id_secret
    except SettingsError as error:
        raise_faults(error)
    return b"" if secret is None else secret.get_secret_value().encode()
