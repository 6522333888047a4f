"""What is wrong with a setting, in words for whoever set it."""

from pydantic_core import ErrorDetails

_SAID = {
    "int_parsing": "is no whole number",
    "float_parsing": "is no number",
    "bool_parsing": "must be true or false",
    "url_parsing": "is no address: write redis://redis:6379/0",
    "url_scheme": "is no address of Redis: write redis://redis:6379/0",
    "byte_size": "is no size: write 512MiB or 1GiB",
    "byte_size_unit": "is no size: write 512MiB or 1GiB",
}


def wrong(error: ErrorDetails) -> str:
    """Of one fault that pydantic found; never what was given: it may be a secret."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in _SAID:
        return _SAID[kind]
    if kind == "greater_than_equal":
        return f"must be at least {context['ge']}"
    if kind == "less_than_equal":
        return f"must be at most {context['le']}"
    if kind in {"literal_error", "enum"}:
        return f"must be {context['expected']}"
    return error["msg"].removeprefix("Value error, ")
