"""Faults of a config file: where they are, and what to write instead."""

import difflib
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong; `line` and `column` count from 1."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: "
        return place + (f"{self.path}: " if self.path else "") + self.message


class ConfigError(Exception):
    """The config cannot be used; `faults` holds everything wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def place_of(
    name: str, document: Any, error: ErrorDetails, model: type[BaseModel]
) -> Fault:
    """A pydantic error of `document` (a ruamel round-trip tree) with its place."""
    path = (*error["loc"], *error.get("ctx", {}).get("path", ()))
    if path and path[-1] == "[key]":
        path = path[:-1]
    line, column = _position(document, path)
    return Fault(name, line + 1, column + 1, _dotted(path), _message(error, model))


def _position(node: Any, path: tuple[str | int, ...]) -> tuple[int, int]:
    """Line and column, from 0, of the deepest part of `path` that is written."""
    line, column = 0, 0
    for step in path:
        if not hasattr(node, "lc"):
            break
        try:
            at = node.lc.item(step) if isinstance(step, int) else node.lc.key(step)
            node = node[step]
        except (KeyError, IndexError, TypeError):
            continue  # a step pydantic adds (a union's branch), or a missing key
        line, column = at
    return line, column


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(step) for step in path)


def _message(error: ErrorDetails, model: type[BaseModel]) -> str:
    match error["type"]:
        case "extra_forbidden":
            key = str(error["loc"][-1])
            near = difflib.get_close_matches(key, _field_names(model), n=1, cutoff=0.7)
            hint = f": did you mean {near[0]!r}?" if near else ""
            return f"is not known here{hint}"
        case "missing":
            return "is missing"
        case "greater_than_equal" if "ctx" in error:
            return f"must be at least {error['ctx']['ge'] // 1000} s"
        case "less_than_equal" if "ctx" in error:
            return f"must be at most {error['ctx']['le'] // 1000} s"
        case "string_pattern_mismatch":
            return "must be a Slack channel id, C0123456789, not its name"
        case _:
            text = error["msg"].removeprefix("Value error, ")
            return text[0].lower() + text[1:] if text[:1].isalpha() else text


def _field_names(model: type[BaseModel]) -> list[str]:
    """Every field's name in `model`'s schema, nested ones included."""
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return sorted({name for part in parts for name in part.get("properties", {})})
