"""The rooms' doors, held by import-linter: each `__init__.py` says what may come in.

    May import: config, kafka.
    Must never know: Faust, Redis.

The first names the other rooms that the room imports, exactly: a new arrow must be
said, and one that is gone must be taken out. The second names what none of its modules
may import; `WORLD` says which packages a word stands for.
"""

import re
from ast import get_docstring, parse
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

LONGEST = 8
"""Lines of a door's docstring: a newcomer reads it first."""

WORLD = {
    "Faust": {"faust", "mode"},
    "Kafka": {"aiokafka"},
    "Redis": {"redis"},
    "HTTP": {"aiohttp"},
    "Slack": {"slack_sdk", "slack_bolt"},
    "Prometheus": {"prometheus_client"},
    "logs": {"logging", "structlog"},
    "the system": {"asyncio", "os", "random", "socket", "subprocess", "threading"},
    "a clock": {"time"},
}


class DoorsContract(Contract):
    """Every folder of `stream`, and what stands beside it, imports what its door says.

    `house` is the package whose folders are rooms; `beside` are rooms outside of it.
    """

    type_name = "doors"
    house = fields.StringField()
    beside = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001  import-linter's signature
        house, beside = str(self.house), set(map(str, self.beside))  # type: ignore[call-overload]  # a field's value
        faults = [
            fault
            for name in sorted({*_folders(house), *beside})
            for fault in _faults(graph, house, beside, name)
        ]
        return ContractCheck(kept=not faults, metadata={"faults": faults})

    def render_broken_contract(self, check: Any) -> None:
        for fault in check.metadata["faults"]:
            output.print_error(fault)


def door(text: str) -> tuple[set[str], set[str]]:
    """The rooms and the words that a door's docstring names; raises `ValueError`."""
    found = []
    for sentence in ("May import", "Must never know"):
        match = re.search(rf"^{sentence}: ([^.]+)\.$", text, re.MULTILINE)
        if match is None:
            raise ValueError(f"the docstring has no sentence `{sentence}: ….`")
        names = {" ".join(name.split()) for name in match[1].split(",")}
        found.append(names - {"nothing of ours", "nothing"})
    return found[0], found[1]


def _folders(house: str) -> Iterator[str]:
    for path in _folder(house).iterdir():
        if path.is_dir() and any(path.glob("*.py")):
            yield f"{house}.{path.name}"


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise LookupError(f"no package {package}")
    return Path(spec.submodule_search_locations[0])


def _faults(
    graph: ImportGraph, house: str, beside: set[str], room: str
) -> Iterator[str]:
    place = _folder(room) / "__init__.py"
    text = get_docstring(parse(place.read_text(encoding="utf-8"))) or ""
    if len(text.splitlines()) > LONGEST:
        yield f"{room}: its docstring has more than {LONGEST} lines"
    try:
        rooms, words = door(text)
    except ValueError as error:
        yield f"{room}: {error}"
        return
    yield from (f"{room}: no such word: {word}" for word in sorted(words - {*WORLD}))
    never = {package: word for word in words for package in WORLD.get(word, ())}
    seen = set()
    for module in sorted({room, *graph.find_descendants(room)}):
        for imported in sorted(graph.find_modules_directly_imported_by(module)):
            other = _room_of(imported, house, beside)
            if other is not None and other != _room_of(module, house, beside):
                seen.add(other)
                if other not in rooms:
                    yield f"{module} imports {imported}: {room} may not import {other}"
            word = never.get(imported.split(".")[0])
            if word is not None:
                yield f"{module} imports {imported}: {room} must never know {word}"
    for unused in sorted(rooms - seen):
        yield f"{room}: says that it may import {unused}, and does not"


def _room_of(module: str, house: str, beside: set[str]) -> str | None:
    """The room's name on the doors; None for the world and the house's own entrance."""
    first, _, rest = module.partition(".")
    if first in beside:
        return first
    return rest.split(".")[0] if first == house and rest else None
