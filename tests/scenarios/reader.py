"""Scenarios: the rules of `semantics.md` as stories, one table each.

    == A reply in time meets the promise
    rules: 2.1, 2.10
    config: replies                      (a file in configs/)
    with: {count_bot: true}              (for every policy of it)
    set: {session_gap: 4h}               (at the top of the config)
    zone: Europe/Budapest                (of the times; UTC where left out)

      happens
      Mon 09:00    customer c1
      Mon 09:03    Ana replies r1         arrives 09:05
      until 10:00

      clock facts
      Mon 09:00    clock_started first_reply
      Mon 09:03    met first_reply        author Ana, waited 3m

Columns are parted by two spaces or more. `facts` are all facts, `clock facts` those
of clocks, `facts of next_reply` those of one measure. `complaint`, `decision`,
`channel`, `account` and `wrong` (a known fault, and its reason) are said in the
head. Lines that begin with `#` are for the reader. Words: `phrases.py`, times:
`almanac.py`, facts: `expectation.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stream.sla.events import Event
from tests.scenarios.almanac import Almanac
from tests.scenarios.expectation import Expected, FactsTable
from tests.scenarios.phrases import Scribe

HERE = Path(__file__).parent
_COLUMNS = re.compile(r"\s{2,}")
_HEADS = frozenset(
    {
        "rules",
        "complaint",
        "decision",
        "wrong",
        "config",
        "with",
        "set",
        "zone",
        "channel",
        "account",
    }
)


@dataclass
class Scenario:
    """One story. `place` is `file:line` of its title."""

    title: str
    place: str
    heads: dict[str, str] = field(default_factory=dict)
    happens: list[list[str]] = field(default_factory=list)
    facts: list[list[str]] = field(default_factory=list)
    scope: str = ""
    """What the table of facts is complete for: ``, `clock`, or measures."""

    @property
    def rules(self) -> list[str]:
        return self._list("rules")

    @property
    def decisions(self) -> list[str]:
        return self._list("decision")

    def _list(self, head: str) -> list[str]:
        return [name for name in self.heads.get(head, "").split(", ") if name]

    def almanac(self) -> Almanac:
        return Almanac(self.heads.get("zone", "UTC"))

    def events(self) -> tuple[list[Event], int | None]:
        """What happens, in order of arrival, and the end of time if it says one."""
        almanac, until = self.almanac(), None
        channel = self.heads.get("channel", "whatsapp")
        scribe = Scribe(almanac, channel, self.heads.get("account", "1"))
        events = []
        for columns in self.happens:
            if columns[0].startswith("until "):
                until = almanac.instant(columns[0].removeprefix("until "))
            else:
                events.append(scribe.event(*columns))
        return sorted(events, key=lambda event: event.arrived), until

    def expected(self) -> tuple[FactsTable, list[Expected]]:
        table = FactsTable(self.almanac())
        return table, [table.expected(*columns) for columns in self.facts]


def scenarios(folder: Path = HERE) -> Iterator[Scenario]:
    """All of them, by file and line; raises `ValueError` with the place of a fault."""
    for path in sorted(folder.glob("*.txt")):
        yield from _read(path)


def _read(path: Path) -> Iterator[Scenario]:
    scenario: Scenario | None = None
    table: list[list[str]] | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{path.name}:{number}"
        text = line.strip()
        if line.startswith("== "):
            if scenario is not None:
                yield scenario
            scenario, table = Scenario(line.removeprefix("== "), place), None
        elif not text or text.startswith("#") or scenario is None:
            continue
        elif text == "happens":
            table = scenario.happens
        elif text == "facts" or text.endswith(" facts") or text.startswith("facts of "):
            table = scenario.facts
            scenario.scope = re.sub(r"^facts( of )?| ?facts$", "", text)
        elif table is not None:
            table.append(_COLUMNS.split(text))
        else:
            head, parted, value = text.partition(": ")
            if head not in _HEADS or not parted:
                raise ValueError(f"{place}: {text!r}: what is that?")
            scenario.heads[head] = value
    if scenario is not None:
        yield scenario
