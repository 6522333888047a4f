"""What came of a history, in words: what there is, what is missing, what is unknown."""

from collections import Counter
from collections.abc import Iterator

from stream.importing.found import Fault, Found, LeftOut, Note
from stream.sla.events import AuthorKind, MessageEvent
from stream.sla.instants import rfc3339

SHOWN_FAULTS = 20
"""Faults that are told one by one."""


class Summary:
    """Counts what was found; about 70 bytes for each conversation."""

    def __init__(self) -> None:
        self.events = 0
        self.faults = 0
        self._shown: list[str] = []
        self._notes: list[str] = []
        self._left_out: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._authors: Counter[AuthorKind] = Counter()
        self._conversations: set[int] = set()
        self._first = 2**63
        self._last = 0

    def add(self, name: str, found: Found) -> None:
        """Of the file `name`."""
        match found:
            case Fault():
                self.faults += 1
                if len(self._shown) < SHOWN_FAULTS:
                    self._shown.append(f"{name}:{found}")
            case Note(text):
                self._notes.append(f"{name}: {text}")
            case LeftOut(reason):
                self._left_out[reason] += 1
            case event:
                self.events += 1
                self._kinds[str(type(event).__struct_config__.tag)] += 1
                self._conversations.add(hash(event.conversation_id))
                self._first = min(self._first, event.at)
                self._last = max(self._last, event.at)
                if isinstance(event, MessageEvent):
                    self._authors[event.author.kind] += 1

    def sentences(self, twice: int) -> Iterator[str]:
        """One a line, for whoever ran the command; `twice`: events said again."""
        yield from self._shown
        if self.faults > len(self._shown):
            yield f"... {self.faults} faults"
        yield from self._notes
        yield f"{self.events} events in {len(self._conversations)} conversations"
        if not self.events:
            return
        if twice:
            yield f"{twice} of them were said again, and are written once"
        yield f"from {rfc3339(self._first)} to {rfc3339(self._last)}"
        yield f"of kind: {_counted(self._kinds)}"
        if self._authors:
            yield f"messages by: {_counted(self._authors)}"
        if unknown := self._authors[AuthorKind.UNKNOWN]:
            yield (
                f"not known: whether an agent or a bot wrote {unknown} messages; "
                "`unknown_author` of the rules decides"
            )
        if self._authors[AuthorKind.AGENT] and not self._authors[AuthorKind.BOT]:
            yield "not known: which of the agents are bots, if any"
        for reason, count in sorted(self._left_out.items()):
            yield f"left out: {count}: {reason}"


def _counted(counter: Counter[str] | Counter[AuthorKind]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counter.items()))
