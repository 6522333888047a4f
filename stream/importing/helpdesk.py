"""Reading a helpdesk's files: first all are learned, then all are read.

What one file says of a conversation (whose it is, on which channel) is in the events of
every other, whatever order they come in.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any, Protocol

from stream.channels.fields import PartIgnoredError
from stream.importing.found import Fault, Found, LeftOut
from stream.importing.json_bodies import read_bodies
from stream.records import UnreadableRecordError, check_instants
from stream.sla.events import Event

Part = tuple[str, dict[str, Any]]
"""What a part of a body is, in words, and its fields."""


class Helpdesk(Protocol):
    """What is particular to one. Its methods raise `PartIgnoredError`."""

    def parts(self, body: object) -> Iterator[Part]:
        """What a body is about, whatever it is wrapped in."""

    def learn(self, kind: str, part: dict[str, Any]) -> None:
        """Remember what the part says of other parts."""

    def events(self, kind: str, part: dict[str, Any]) -> Iterator[Event | LeftOut]:
        """What the part says happened."""


def learn_file(helpdesk: Helpdesk, file: IO[bytes]) -> Iterator[None]:
    """Learn all of a file, a step a body; what is wrong is told when it is read."""
    for piece in read_bodies(file):
        if not isinstance(piece, Fault):
            with suppress(PartIgnoredError):
                for kind, part in helpdesk.parts(piece[1]):
                    helpdesk.learn(kind, part)
        yield


def read_file(helpdesk: Helpdesk, file: IO[bytes]) -> Iterator[Found]:
    """The events of a file, in its order; a bad part costs itself only."""
    for piece in read_bodies(file):
        if isinstance(piece, Fault):
            yield piece
            continue
        line, body = piece
        try:
            for kind, part in helpdesk.parts(body):
                yield from _read(helpdesk, line, kind, part)
        except PartIgnoredError as error:
            yield Fault(line, f"part of a body: {error}")


def _read(
    helpdesk: Helpdesk, line: int, kind: str, part: dict[str, Any]
) -> Iterator[Found]:
    try:
        for found in helpdesk.events(kind, part):
            if not isinstance(found, LeftOut):
                check_instants(found)
            yield found
    except (PartIgnoredError, UnreadableRecordError) as error:
        yield Fault(line, f"{kind}: {error}")
