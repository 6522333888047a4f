"""The mutants: small faults of the rules, found by cosmic-ray, a seeded share of them.

Left out are what cannot differ: `is` for `==` of enum members and None, and the other
way round; and `|` in annotations, which Python refuses before a test could.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

_EQUAL = ("_Is_Eq", "_IsNot_NotEq", "_Eq_Is", "_NotEq_IsNot")
_LEFT_OUT = ("ReplaceBinaryOperator_BitOr", "Variable")
"""Annotations, and two that want to be told names."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """The `occurrence`th place of a module where `operator` finds something."""

    module: Path
    operator: str
    occurrence: int

    def source(self) -> str:
        """The module with the fault in it."""
        mutated: str | None = mutate_code(
            self.module.read_text("utf-8"),
            get_operator(self.operator)(),
            self.occurrence,
        )
        if mutated is None:
            raise ValueError(f"no such place: {self}")
        return mutated


def all_of(module: Path) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of operator and place."""
    nodes = list(ast_nodes(get_ast(module.read_text("utf-8"))))
    for name in sorted(operator_names()):
        if name.endswith(_EQUAL) or any(part in name for part in _LEFT_OUT):
            continue
        operator = get_operator(name)()
        places = (
            place for node in nodes for place in operator.mutation_positions(node)
        )
        for occurrence, _ in enumerate(places):
            yield Mutant(module, name, occurrence)


def sample(modules: list[Path], count: int, seed: int) -> list[Mutant]:
    """At most `count` mutants of all modules, the same for the same seed and code."""
    found = [mutant for module in modules for mutant in all_of(module)]
    random.Random(seed).shuffle(found)  # noqa: S311  no secret
    return found[:count]
