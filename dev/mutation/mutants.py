"""The mutants: small faults of the rules, found by cosmic-ray, a seeded share of them.

Left out are what cannot differ or is no fault that anybody makes: `is` for `==` and the
other way round (of enum members and None), an order of what has none, `|` in
annotations, and the flags of decorators (`frozen`, `kw_only`, `gc`).
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

_IDENTITY = re.compile("Comparison.*_(Is|IsNot)_|Comparison.*_(Is|IsNot)$")
_NEGATED = ("_Is_IsNot", "_IsNot_Is")
_LEFT_OUT = ("BinaryOperator_BitOr", "Variable", "RemoveDecorator")
_NO_ARITHMETIC = frozenset({"parameters", "dictorsetmaker"})
"""Where a star is no product."""
_FLAGS = frozenset({"frozen", "kw_only", "gc", "array_like", "omit_defaults", "repr"})


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
        if _is_left_out(name):
            continue
        operator = get_operator(name)()
        places = [node for node in nodes for _ in operator.mutation_positions(node)]
        for occurrence, node in enumerate(places):
            if not (_is_flag(node) or node.parent.type in _NO_ARITHMETIC):
                yield Mutant(module, name, occurrence)


def _is_left_out(operator: str) -> bool:
    if any(part in operator for part in _LEFT_OUT):
        return True
    return bool(_IDENTITY.search(operator)) and not operator.endswith(_NEGATED)


def _is_flag(node: Any) -> bool:
    equals = node.get_first_leaf().get_previous_leaf()
    if equals is None or equals.value != "=":
        return False
    return equals.get_previous_leaf().value in _FLAGS


def sample(modules: list[Path], count: int, seed: int) -> list[Mutant]:
    """At most `count` mutants of all modules, the same for the same seed and code."""
    found = [mutant for module in modules for mutant in all_of(module)]
    random.Random(seed).shuffle(found)  # noqa: S311  no secret
    return found[:count]
