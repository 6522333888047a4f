"""What a history gives, piece by piece: an event, or why there is none."""

from dataclasses import dataclass

from stream.sla.events import Event


@dataclass(frozen=True, slots=True)
class Fault:
    """Something at `line` (from 1) that should be an event and cannot be one.

    `reason` quotes nothing of the file: a cell may be a customer's name or words.
    """

    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is no event of ours, by its nature: counted, and no fault."""

    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """What whoever imports should know of a file."""

    text: str


Found = Event | Fault | LeftOut | Note


class UnreadableFileError(ValueError):
    """Nothing of a file can be read; the text says why."""
