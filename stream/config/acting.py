"""Who may act on alerts, and who people are in Slack."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

EVERYONE = "everyone"
"""Whoever can press, which is whoever is in the channel."""

_USER = re.compile(r"[UW][A-Z0-9]+")
_GROUP = re.compile(r"S[A-Z0-9]+")

SlackUser = Annotated[str, Field(pattern=f"^{_USER.pattern}$")]
"""A person's id in Slack."""


def _may_act(value: Any) -> Any:
    if isinstance(value, list) and value:
        users = [who for who in value if isinstance(who, str) and _USER.fullmatch(who)]
        if len(users) == len(value):
            return tuple(users)
    elif value == EVERYONE or (isinstance(value, str) and _GROUP.fullmatch(value)):
        return value
    raise ValueError(
        f"{value!r}: write everyone, a user group (S0LEADS) or users ([U0ANA])"
    )


MayAct = Annotated[
    str | tuple[str, ...],
    BeforeValidator(_may_act),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": EVERYONE},
                {"type": "string", "pattern": f"^{_GROUP.pattern}$"},
                {
                    "type": "array",
                    "items": {"type": "string", "pattern": f"^{_USER.pattern}$"},
                    "minItems": 1,
                },
            ]
        }
    ),
]
"""`everyone`, the id of a user group, or ids of users."""
