"""What every part of the file has in common: strictness, durations, shares, lists."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from stream.config.durations import parse_duration, parse_silence

_WRITTEN = WithJsonSchema(
    {"type": "string", "pattern": r"^(\d+[smhd])+$", "examples": ["90s", "15m"]}
)
Duration = Annotated[int, BeforeValidator(parse_duration), _WRITTEN]
"""Milliseconds of wall time; in the file `90s`, `15m`, `4h`, `2d`."""

Silence = Annotated[int, BeforeValidator(parse_silence), _WRITTEN]
"""The same for a silence that ends something; it may be longer than a year."""


def _share(value: Any) -> float:
    number = value[:-1] if isinstance(value, str) and value.endswith("%") else ""
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", number) or not 0 < float(number) <= 100:  # noqa: PLR2004  the whole
        raise ValueError("write a percentage above 0%, at most 100%: 90% or 99.5%")
    return float(number) / 100


Share = Annotated[
    float,
    BeforeValidator(_share),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{1,3}(\.\d{1,3})?%$",
            "examples": ["90%", "99.5%"],
        }
    ),
]
"""Above 0, up to 1; in the file a percentage: `90%`."""


def _app_id(value: Any) -> str:
    # YAML reads it as a number where it has no quotes.
    name = str(value)
    if name != "none" and not (name.isascii() and name.isdigit() and len(name) <= 20):  # noqa: PLR2004  as Meta's
        raise ValueError("must be the number of a Meta app, or none")
    return name


AppId = Annotated[str, BeforeValidator(_app_id)]
"""A Meta app's number, or `none`."""


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


OneOrMore = Annotated[
    frozenset[str],
    BeforeValidator(_listed),
    Field(min_length=1),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
            ]
        }
    ),
]
"""A value, or a list that means any of them."""


@dataclass(frozen=True, eq=False)
class OrShort:
    """Beside a part in `Annotated`: it may be written as one value, too.

    The part's own validator reads it; this tells editors, by JSON Schema.
    """

    short: dict[str, Any]

    def __get_pydantic_json_schema__(
        self, part: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [self.short, handler(part)]}


class Part(BaseModel):
    """A mapping of the file: unknown keys are refused, what was read stays."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
