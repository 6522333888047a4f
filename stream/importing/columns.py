"""Which column is which field of an event: `occurred_at=Created,author=From`.

The fields are those of `docs/events.md`, read off the events themselves, so that a new
one can be imported, too. A column that bears a field's very name is that field.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

import msgspec

from stream.config.nearest import listed, meant
from stream.sla.events import Event, JoinedEvent

_OURS = {"v", "contact", "text", "turns", "hops", "link_at", "contact_at"}
"""What was said is not kept; the others are not told by a source."""
LATER = ("replied_at", "resolved_at")
"""Of a file with a row a ticket: when somebody first replied, when it was resolved."""
FIELDS = frozenset(
    {"kind", "author_id", *LATER}
    | {
        field.encode_name
        for kind in get_args(Event)
        if kind is not JoinedEvent
        for field in msgspec.structs.fields(kind)
    }
    - _OURS
)


class WrongColumnsError(ValueError):
    """A mapping that cannot be meant; the text says what may be."""


def pairs(said: Iterable[str]) -> dict[str, str]:
    """`FIELD=VALUE` several times, or with commas between; quotes as in CSV.

    Raises `WrongColumnsError` for a field that there is not, or that is said twice.
    """
    found: dict[str, str] = {}
    for text in said:
        for pair in next(csv.reader([text], skipinitialspace=True), []):
            field, equals, value = (part.strip() for part in pair.partition("="))
            if not (equals and value):
                raise WrongColumnsError(f"{pair!r}: write FIELD=COLUMN")
            if field not in FIELDS:
                hint = meant(field, FIELDS)
                if value in FIELDS:
                    hint = f": the field comes first: {value}={field}"
                raise WrongColumnsError(
                    f"no field {field!r}{hint or ': see docs/events.md'}"
                )
            if field in found:
                raise WrongColumnsError(f"{field!r} is said twice")
            found[field] = value
    return found


def are_numbers(wanted: Mapping[str, str], header: list[str]) -> bool:
    """Whether the columns are named 1, 2, ... and the first row is none of theirs."""
    names = {*wanted.values()}
    return bool(names) and all(map(str.isdecimal, names)) and not names <= {*header}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the fields are in a row, and what the file does not say of any row."""

    places: Mapping[str, int]
    constants: Mapping[str, str]
    unused: tuple[str, ...]
    """Names of columns that nothing is read of."""
    width: int

    @property
    def is_by_ticket(self) -> bool:
        """A row is a whole ticket, whether it was answered or not."""
        return not self.places.keys().isdisjoint(LATER)

    def cells(self, row: list[str]) -> dict[str, str]:
        """The fields of a row that are not empty, without spaces around them."""
        said = {field: row[place].strip() for field, place in self.places.items()}
        return {
            **self.constants,
            **{field: cell for field, cell in said.items() if cell},
        }


def placed(
    header: list[str], wanted: Mapping[str, str], constants: Mapping[str, str]
) -> Columns:
    """Find the columns of `wanted` in a header, capitals aside.

    Raises `WrongColumnsError` for one that is not there, or is there twice, and where
    no column says when something happened, or in which conversation.
    """
    names = [name.casefold() for name in header]
    own = {name: name for name in {*header} & FIELDS - wanted.keys() - constants.keys()}
    places = {}
    for field, column in {**own, **wanted}.items():
        name = column.casefold()
        if name not in names:
            hint = meant(column, header, likeness=0.4) or listed(header)
            raise WrongColumnsError(f"no column {column!r}{hint}")
        if names.count(name) > 1:
            raise WrongColumnsError(f"there are two columns {column!r}: rename one")
        places[field] = names.index(name)
    _check_enough({*places, *constants}, header)
    used = {*places.values()}
    unused = tuple(name for i, name in enumerate(header) if i not in used and name)
    return Columns(places, constants, unused, len(header))


def _check_enough(fields: set[str], header: list[str]) -> None:
    for field, instead in (("occurred_at", ""), ("conversation_id", "customer")):
        if not {field, instead} & fields:
            raise WrongColumnsError(
                f"no column is {field}: say --columns {field}=COLUMN{listed(header)}"
            )
