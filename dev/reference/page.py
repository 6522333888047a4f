"""A page about a file: a row a key, from the model's own words."""

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stream.config.durations import say_duration


def page(model: type[BaseModel], head: str) -> str:
    """The text of the file `head` beside this one, and the rows of the table in it."""
    rows = "\n".join(_rows(model, ""))
    text = Path(__file__).with_name(head).read_text("utf-8")
    return text.replace("<rows>", rows)


def _rows(model: type[BaseModel], path: str) -> Iterator[str]:
    schemas = model.model_json_schema()["properties"]
    for name, field in model.model_fields.items():
        default = _default(field, schemas[field.alias or name])
        inner, shape = _model_of(field.annotation)
        here = f"{path}{field.alias or name}{shape}"
        if inner is None or field.description or default:
            means = _means(field)
            assert means, f"{here} says nothing"
            yield f"| `{here}` | {default} | {means} |"
        if inner is not None:
            yield from _rows(inner, f"{here}.")


def _means(field: FieldInfo) -> str:
    """Its description, and the values that it may have where that does not say."""
    text = field.description or ""
    values = [value for value in _values(field.annotation) if value not in text]
    if values:
        text += f" ({', '.join(f'`{value}`' for value in values)})"
    return text.replace("|", "\\\\|")


def _values(annotation: Any) -> list[str]:
    """The words that may be written there; none where any may."""
    if isinstance(annotation, type):
        words = annotation if issubclass(annotation, StrEnum) else ()
        return [word.value for word in words]
    found: list[str] = []
    for argument in getattr(annotation, "__args__", ()):
        found += [argument] if isinstance(argument, str) else _values(argument)
    return found


def _default(field: FieldInfo, schema: dict[str, Any]) -> str:
    value = field.get_default()
    if field.default_factory or field.is_required() or value is None:
        return ""
    if isinstance(value, BaseModel):
        return ""
    plain = _DEFAULTS.get(str(value))
    return f"`{plain or _written(value, schema)}`"


_DEFAULTS = {"{}": "{}", "()": "[]"}


def _written(value: Any, schema: dict[str, Any]) -> str:
    """As the file writes it; `schema` says whether that is a number."""
    if schema.get("type") in {"boolean", "integer", "number"}:
        return json.dumps(value)
    if isinstance(value, int):  # a duration
        return say_duration(value)
    if isinstance(value, float):  # a share
        return f"{value * 100:g}%"
    if isinstance(value, dict):
        inner = schema["additionalProperties"]
        return ", ".join(f"{k}: {_written(v, inner)}" for k, v in value.items())
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return str(value)


def _model_of(annotation: Any) -> tuple[type[BaseModel] | None, str]:
    """The part behind an annotation, and how its place is written."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ""
    for argument in getattr(annotation, "__args__", ()):
        inner, shape = _model_of(argument)
        if inner is not None:
            origin = getattr(annotation, "__origin__", None)
            if origin is dict:
                return inner, f".<name>{shape}"
            if origin is tuple:
                return inner, f"[]{shape}"
            return inner, shape
    return None, ""
