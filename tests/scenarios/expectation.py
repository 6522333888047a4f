"""What a scenario expects: facts, in its words, and how they are compared.

The facts of one clock (or of one session) are compared in order, all of them; clocks
that run side by side may be told in any order. Of a fact, kind, time, reason,
`replaces`, `to` and `shadow` are compared always, the rest where the scenario says it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from stream.config.durations import parse_duration
from stream.sla.facts import Fact, FactKind, Measure
from tests.scenarios.almanac import Almanac

ALWAYS_SAID = ("reason", "replaces", "to", "shadow")
_INSTANTS = {
    "noticed": "noticed_at",
    "known": "known_at",
    "deadline": "deadline",
    "cycle": "cycle",
}
_SPANS = {
    "waited": "waited_ms",
    "business": "waited_business_ms",
    "replacing": "replaces_waited_ms",
}
_WORDS = (*ALWAYS_SAID, "author", "policy", "queue", "assignee", "calendar", "cause")

Group = tuple[str, str]
"""The conversation, and the clock (measure, shadow, cycle) or the session."""


@dataclass(frozen=True)
class Expected:
    """One line of a scenario's table of facts."""

    at: int
    kind: FactKind
    group: Group
    details: dict[str, str] = field(default_factory=dict)
    """Name -> what it is, in the form of `_detail`."""


class FactsTable:
    """Reads the facts of one scenario, from the top down."""

    def __init__(self, almanac: Almanac) -> None:
        self._almanac = almanac
        self._cycles: dict[tuple[str, str, bool], int] = {}

    def expected(self, when: str, what: str, more: str = "") -> Expected:
        """`Mon 09:10`, `breached first_reply`, `queue sales, waited 10m`.

        The cycle is that of the last `clock_started` of the measure above, where
        `cycle` does not say another. Raises `ValueError` for what is no fact.
        """
        at = self._almanac.instant(when)
        said = dict(_split(item) for item in filter(None, more.split(", ")))
        conversation = said.pop("in", "one")
        kind, _, measure = what.partition(" ")
        details = dict.fromkeys(ALWAYS_SAID, "-") | {
            name: self._normal(name, value) for name, value in said.items()
        }
        if not measure:
            group = (conversation, "session")
            return Expected(at, FactKind(kind), group, details)
        shadow = "shadow" in said
        clock = (conversation, Measure(measure).value, shadow)
        if "cycle" in said:
            cycle = self._almanac.instant(said["cycle"])
        elif kind == FactKind.CLOCK_STARTED:
            cycle = self._cycles[clock] = at
        else:
            cycle = self._cycles[clock]
        group = (conversation, self._clock(measure, shadow, cycle))
        return Expected(at, FactKind(kind), group, details)

    def told(self, facts: Iterable[Fact]) -> dict[Group, list[Fact]]:
        """Facts by what they are about, in order."""
        groups: dict[Group, list[Fact]] = defaultdict(list)
        for fact in facts:
            if fact.measure is None or fact.cycle is None:
                name = "session"
            else:
                name = self._clock(fact.measure, fact.shadow, fact.cycle)
            groups[fact.conversation_id, name].append(fact)
        return groups

    def lines(self, facts: Sequence[Fact], beside: Sequence[Expected]) -> list[str]:
        """Facts as text, each with the details that the one beside it has."""
        names = [one.details.keys() for one in beside]
        names += [dict.fromkeys(ALWAYS_SAID).keys()] * (len(facts) - len(names))
        return [
            self._line(
                fact.at, fact.kind, {name: self._detail(name, fact) for name in wanted}
            )
            for fact, wanted in zip(facts, names, strict=False)
        ]

    def expected_lines(self, expected: Iterable[Expected]) -> list[str]:
        return [self._line(one.at, one.kind, one.details) for one in expected]

    def _line(self, at: int, kind: FactKind, details: dict[str, str]) -> str:
        said = ", ".join(
            f"{name} {value}" for name, value in sorted(details.items()) if value != "-"
        )
        return f"{self._almanac.written(at)}  {kind.value}  {said}".rstrip()

    def _normal(self, name: str, value: str) -> str:
        if value == "-":
            return value
        if name in _INSTANTS:
            return self._almanac.written(self._almanac.instant(value))
        if name in _SPANS:
            return str(parse_duration(value))
        if name not in _WORDS:
            raise ValueError(f"a fact has no {name!r}")
        return value

    def _detail(self, name: str, fact: Fact) -> str:
        value = getattr(fact, _INSTANTS.get(name) or _SPANS.get(name) or name)
        if name == "shadow":
            return "yes" if value else "-"
        if value is None:
            return "-"
        return self._almanac.written(value) if name in _INSTANTS else str(value)

    def _clock(self, measure: str, shadow: bool, cycle: int) -> str:  # noqa: FBT001  one of a key
        return f"{measure}{' (shadow)' * shadow} of {self._almanac.written(cycle)}"


def _split(item: str) -> tuple[str, str]:
    name, _, value = item.partition(" ")
    return name, value or "yes"
