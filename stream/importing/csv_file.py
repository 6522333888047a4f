"""The rows of a CSV file, each with its line; what is damaged costs its row only."""

import csv
import io
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import IO, Self

from stream.importing.found import Fault, UnreadableFileError

DELIMITERS = ",;\t|"
_LARGEST_CELL = 1 << 24
"""Characters. A quote that nobody closes takes no more memory than this."""
_SAMPLE = 1 << 16
_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_OTHER_FILES = {
    b"PK\x03\x04": "a workbook or archive, no CSV: save it as CSV UTF-8",
    b"\x1f\x8b": "compressed: unpack it first",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of the first row, and those below with the lines that they begin at."""

    header: list[str]
    rows: Iterator[tuple[int, list[str]] | Fault]

    def by_number(self) -> Self:
        """The same without a header: columns are 1, 2, ..., the first row is one."""
        numbers = [str(number) for number in range(1, len(self.header) + 1)]
        first = 1, self.header
        return replace(self, header=numbers, rows=chain([first], self.rows))


def read_sheet(
    file: IO[bytes], *, encoding: str | None = None, delimiter: str | None = None
) -> Sheet:
    """A file's rows, read as they are asked for.

    By default UTF-8, with a mark or without, or UTF-16 with one, as Excel writes them;
    the delimiter is the one of `DELIMITERS` that makes most cells of the first row.
    A byte that is no character becomes U+FFFD. Raises `UnreadableFileError`.
    """
    # A reader takes the limit of the moment in which it meets the cell.
    csv.field_size_limit(_LARGEST_CELL)
    begin = file.read(4)
    file.seek(0)
    if not begin:
        raise UnreadableFileError("the file is empty")
    text = io.TextIOWrapper(
        file, encoding or _encoding(begin), errors="replace", newline=""
    )
    rows = _rows(text, delimiter)
    first = next(rows, Fault(1, "there is nothing in it"))
    if isinstance(first, Fault):
        rows.close()
        raise UnreadableFileError(first.reason)
    return Sheet([cell.strip() for cell in first[1]], rows)


def _encoding(begin: bytes) -> str:
    for mark, name in _MARKS.items():
        if begin.startswith(mark):
            return name
    for mark, why in _OTHER_FILES.items():
        if begin.startswith(mark):
            raise UnreadableFileError(why)
    if b"\0" in begin:
        raise UnreadableFileError("UTF-16 without its mark: say --encoding utf-16-le")
    return "utf-8"


def _delimiter(text: io.TextIOWrapper) -> str:
    """Not `csv.Sniffer`: it takes a letter that customers use a lot for one."""
    sample = text.read(_SAMPLE)
    text.seek(0)
    return max(DELIMITERS, key=lambda each: _cells(sample, each))


def _cells(sample: str, delimiter: str) -> int:
    try:
        return len(
            next(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter))
        )
    except (csv.Error, StopIteration):
        return 0


def _rows(
    text: io.TextIOWrapper, delimiter: str | None
) -> Generator[tuple[int, list[str]] | Fault]:
    line = 1
    try:
        said = delimiter or _delimiter(text)
        reader = csv.reader(text, delimiter=said, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except csv.Error as error:
                yield Fault(line, _damage(error, reader.line_num - line))
                continue
            if any(cells):
                yield line, cells
    except StopIteration:
        return
    except UnicodeError:
        yield Fault(line, f"no text in {text.encoding} from here on")
    finally:
        with suppress(ValueError):  # it is closed already
            text.detach()  # whoever opened the file closes it


def _damage(error: csv.Error, lines: int) -> str:
    if lines or "end of data" in str(error):
        return f"a quote that is never closed: {lines} lines after it are lost"
    return f"no row: {error}"
