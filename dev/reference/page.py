"""`docs/config.md`: a row a key of `sla.yaml`, from the model's own words."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stream.config import Config
from stream.config.durations import say_duration

_HEAD = Path(__file__).with_name("head.md")


def page() -> str:
    """`docs/config.md`."""
    rows = "\n".join(_rows(Config, ""))
    return f"{_HEAD.read_text('utf-8')}{rows}\n"


def _rows(model: type[BaseModel], path: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner, shape = _model_of(field.annotation)
        here = f"{path}{field.alias or name}{shape}"
        if inner is None or field.description or _default(field):
            means = _means(field)
            assert means, f"{here} says nothing"
            yield f"| `{here}` | {_default(field)} | {means} |"
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


def _default(field: FieldInfo) -> str:
    schema = field.get_default()
    if field.is_required() or schema is None or isinstance(schema, BaseModel):
        return ""
    plain = _DEFAULTS.get(str(schema))
    return f"`{plain or _written(schema)}`"


_DEFAULTS = {"{}": "{}", "()": "[]"}


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value >= 1000:  # noqa: PLR2004  a duration
        return say_duration(value)
    if isinstance(value, float):  # a share
        return f"{value * 100:g}%"
    if isinstance(value, dict):
        return ", ".join(f"{k}: {_written(v)}" for k, v in value.items())
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
