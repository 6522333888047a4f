"""The JSON values of a file: one a line, or one that is spread over many."""

from collections.abc import Iterator
from typing import IO

from stream.channels.fields import NotJsonError, decoded
from stream.importing.found import Fault

_OPENINGS = {b"{", b"[", b"[{"}
"""The first line of a value that is spread over lines: the file is read whole."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_bodies(file: IO[bytes]) -> Iterator[tuple[int, object] | Fault]:
    """Each value with the line that it begins at; a bad one costs its line only."""
    for line, text in enumerate(file, 1):
        said = text.removeprefix(_BYTE_ORDER_MARK).strip() if line == 1 else text
        if line == 1 and said in _OPENINGS:
            said += file.read()
        if not said.strip():
            continue
        try:
            yield line, decoded(said)
        except NotJsonError:
            yield Fault(line, "no JSON")
