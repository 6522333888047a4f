"""`queues.*.link`: where the button of an alert leads, as a template."""

from string import Formatter
from typing import Annotated

from pydantic import AfterValidator, Field

PLACES = ("number", "customer", "conversation")
_SCHEME = "https://"
_ONLY = "takes {number}, {customer} and {conversation}, as they stand, and nothing else"


def _checked(link: str) -> str:
    if not link.startswith(_SCHEME):
        raise ValueError(f"must begin with {_SCHEME}")
    try:
        parts = [*Formatter().parse(link)]
    except ValueError:  # a brace alone
        raise ValueError(_ONLY) from None
    for _, name, form, conversion in parts:
        if name is not None and (name not in PLACES or form or conversion):
            raise ValueError(_ONLY)
    return link


Link = Annotated[
    str,
    AfterValidator(_checked),
    Field(max_length=2000, json_schema_extra={"pattern": f"^{_SCHEME}"}),
]
"""An address with `{number}`, `{customer}` or `{conversation}` in it."""
