"""What a query would be if nothing were recorded: the recording's own expression."""

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from ruamel.yaml import YAML


def recordings(rules: Path) -> dict[str, str]:
    """Name of each recorded series -> its expression."""
    groups = YAML(typ="safe").load(rules)["groups"]
    return {
        rule["record"]: f"({rule['expr'].strip()})"
        for group in groups
        for rule in group["rules"]
    }


def unrecorded(query: str, recorded: Mapping[str, str]) -> str:
    """`query` with the expression of each of `recorded` in its place.

    The sum of a count over a range becomes the count over that range; matchers and
    offsets go to the series that were recorded.
    """
    for name, expr in recorded.items():
        selected = rf"\b{name}({{[^}}]*}})?"
        summed = rf"sum_over_time\({selected}(\[[^]]+\](?: offset \w+)?)\)"
        query = re.sub(summed, partial(_over, expr), query)
        query = re.sub(rf"{selected}((?: offset \w+)?)", partial(_of, expr), query)
    return query


def _over(expr: str, asked: re.Match[str]) -> str:
    def over(raw: re.Match[str]) -> str:
        return raw[1] + _matchers(raw[2], asked[1]) + asked[2]

    return re.sub(r"(\w+)(\{[^}]*\})?\[\w+\]", over, expr)


def _of(expr: str, asked: re.Match[str]) -> str:
    selector = _matchers(asked[1]) + asked[2]
    return re.sub(r"replyclock_\w+", lambda raw: raw[0] + selector, expr)


def _matchers(*some: str | None) -> str:
    inner = ",".join(matchers.strip("{}") for matchers in some if matchers)
    return f"{{{inner}}}" if inner else ""
