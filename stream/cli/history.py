"""From the files of a history to its events in order, and what is told of them."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeVar

import click

from stream.cli.group import raise_faults
from stream.importing.found import Fault, Found, LeftOut, Note
from stream.importing.sorting import InOrder
from stream.importing.summary import Summary
from stream.process.settings import SettingsError, read_settings

T = TypeVar("T")
_EVERY = 1000
"""Pieces between two looks at how far the file is read."""


def write_events(
    files: tuple[Path, ...],
    read: Callable[[IO[bytes]], Iterable[Found]],
    to: Path | None,
) -> None:
    """Write the events of `files`, tell what there was, and exit."""
    if to is not None and to.exists() and any(to.samefile(file) for file in files):
        raise click.BadParameter("is a file that is read", param_hint="--to")
    summary = Summary()
    with InOrder() as events:
        for name, found in pieces("reading", files, read):
            summary.add(str(name), found)
            if not isinstance(found, Fault | LeftOut | Note):
                events.add(found)
        if summary.events or not summary.faults:  # a typo costs no earlier import
            with _out(to) as out:
                out.writelines(events.lines())
        twice = events.twice
    for sentence in summary.sentences(twice):
        click.echo(sentence, err=True)
    sys.exit(1 if summary.faults else 0)


def pieces(
    doing: str, files: tuple[Path, ...], read: Callable[[IO[bytes]], Iterable[T]]
) -> Iterator[tuple[Path, T]]:
    """What each file gives, and how far they are read, on a terminal."""
    whole = sum(file.stat().st_size for file in files)
    before = 0
    label = f"{doing} {files[0].name if len(files) == 1 else f'{len(files)} files'}"
    with click.progressbar(length=whole, label=label, file=sys.stderr) as bar:
        for name in files:
            with name.open("rb") as source:
                for number, found in enumerate(read(source)):
                    yield name, found
                    if number % _EVERY == 0:
                        bar.update(before + source.tell() - bar.pos)
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


def id_secret() -> bytes:
    """The key of pseudonyms, empty where there is none."""
    try:
        secret = read_settings().id_secret
    except SettingsError as error:
        raise_faults(error)
    return b"" if secret is None else secret.get_secret_value().encode()
