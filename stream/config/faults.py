"""Faults of a config file: where they are, and what to write instead."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from stream.config.durations import say_duration
from stream.config.nearest import listed, meant


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


def read_yaml(text: str, name: str) -> CommentedMap:
    """The document with its places; raises `ConfigError` for what is no mapping."""
    try:
        document = _yaml().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = " ".join(str(error.problem or error.context).split())
        begun = error.context_mark
        if begun is not None and "flow" in str(error.context):
            # What is not closed is noticed where the file ends only.
            problem += f", inside of what begins at {begun.line + 1}:{begun.column + 1}"
        raise ConfigError([Fault(name, line, column, "", problem)]) from error
    except RecursionError:
        problem = "is nested too deeply"
        raise ConfigError([Fault(name, 1, 1, "", problem)]) from None
    except ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        problem = f"a character that YAML does not allow: {error.character!r}"
        raise ConfigError([Fault(name, line, column, "", problem)]) from error
    if not isinstance(document, CommentedMap):
        problem = "must be a mapping that starts with version: 1"
        raise ConfigError([Fault(name, 1, 1, "", problem)])
    return document


class _Constructor(RoundTripConstructor):
    """Dates stay text: the model says what is wrong with one, and where."""


_Constructor.add_constructor(
    "tag:yaml.org,2002:timestamp",
    lambda constructor, node: constructor.construct_scalar(node),
)


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    return yaml


def places_of(
    name: str,
    document: CommentedMap,
    errors: list[ErrorDetails],
    model: type[BaseModel],
) -> list[Fault]:
    """Pydantic's errors of `document`, in the order of the file."""
    paths = [error["loc"] for error in errors]
    return sorted(
        place(name, document, error["loc"], _message(error, model))
        for error in errors
        # A list whose only part is wrong is not empty, too.
        if error["type"] != "too_short"
        or not any(_is_inside(path, error["loc"]) for path in paths)
    )


def place(
    name: str, document: CommentedMap, path: tuple[str | int, ...], message: str
) -> Fault:
    """A fault at `path` of `document` (a ruamel round-trip tree)."""
    if path and path[-1] == "[key]":
        path = path[:-1]
    line, column = _position(document, path)
    return Fault(name, line + 1, column + 1, _dotted(path), message)


def _is_inside(path: tuple[str | int, ...], outer: tuple[str | int, ...]) -> bool:
    return len(path) > len(outer) and path[: len(outer)] == outer


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


_SAID = {
    "too_short": "is empty: write one at least",
    "missing": "is missing",
    "tuple_type": "must be a list: [one, two]",
    "list_type": "must be a list: [one, two]",
    "frozen_set_type": "must be a list: [one, two]",
    "dict_type": "must be a mapping: key: value",
    "model_type": "must be a mapping: key: value",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_pattern_mismatch": "must be a Slack channel id, C0123456789, not its name",
}


_NO_TEXT: dict[type, str] = {
    CommentedSeq: "must be one name, no list",
    CommentedMap: "must be one name, no mapping",
    type(None): "has no value",
}


def _message(error: ErrorDetails, model: type[BaseModel]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    said = _SAID.get(kind)
    if kind == "extra_forbidden":
        key, names = str(error["loc"][-1]), _names_beside(model, error["loc"])
        hint = meant(key, names, likeness=0.7) or listed(names)
        said = f"is not known here{hint}"
    elif kind == "string_type":
        said = _NO_TEXT.get(type(error["input"]), "must be text: put it in quotes")
    elif kind == "greater_than_equal":
        said = f"must be at least {_bound(context['ge'])}"
    elif kind == "less_than_equal":
        said = f"must be at most {_bound(context['le'])}"
    elif kind == "less_than":
        said = f"must be below {context['lt']:.0%}"  # of shares alone
    elif kind in {"literal_error", "enum"}:
        said = f"must be {context['expected']}"
    elif kind.startswith("date_"):
        said = "is no date: write 2026-12-24"
    if said is None:
        text = error["msg"].removeprefix("Value error, ")
        said = text[0].lower() + text[1:] if text[:1].isalpha() else text
    return said


def _bound(value: Any) -> str:
    """As it is written: durations are at least a second, counts below a thousand."""
    return say_duration(value) if value >= 1000 else f"{value:g}"  # noqa: PLR2004


def _names_beside(model: type[BaseModel], path: tuple[str | int, ...]) -> set[str]:
    """What may be written where `path` ends."""
    parts = {model}
    for step in path[:-1]:
        fields = [part.model_fields.get(str(step)) for part in parts]
        inner = {p for f in fields if f is not None for p in _parts(f.annotation)}
        parts = inner or parts  # a name that the file gives, a place in a list
    return {
        field.alias or name
        for part in parts
        for name, field in part.model_fields.items()
    }


def _parts(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {p for a in getattr(annotation, "__args__", ()) for p in _parts(a)}
