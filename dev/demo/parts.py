"""Parts: whether each character's wait came out as it was played."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from dev.demo.judgement import Line
from stream.channels.pseudonym import pseudonym
from stream.simulator.characters import Part
from stream.sla.cycles import Cycle, Cycles
from stream.sla.facts import Fact, Verdict


def judge_parts(
    parts: Sequence[Part], facts: Sequence[Fact], id_secret: bytes
) -> list[Line]:
    """A line a character."""
    expected = Counter(part.character for part in parts)
    found = right(parts, facts, id_secret)
    return [Line(name, number, found[name]) for name, number in expected.items()]


def right(
    parts: Iterable[Part], facts: Sequence[Fact], id_secret: bytes
) -> Counter[str]:
    """How many of each character's conversations hold that one wait, and no other."""
    cycles = Cycles()
    cycles.add(facts)
    waits: dict[str, list[Cycle]] = defaultdict(list)
    for (conversation, *_), cycle in cycles.by_key.items():
        if cycle.verdict is not None:
            waits[conversation].append(cycle)
    return Counter(
        part.character
        for part in parts
        if [(each.verdict, each.waited_ms) for each in waits[_id(part, id_secret)]]
        == [(Verdict.MET, part.waited)]
    )


def _id(part: Part, id_secret: bytes) -> str:
    name = pseudonym(id_secret, part.source, part.account, part.customer)
    return f"{part.source}:{part.account}:{name}"
