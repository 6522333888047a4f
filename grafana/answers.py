"""What a Prometheus answers to a query."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import urlopen


class QueryFailedError(Exception):
    """Prometheus did not answer, or refused the query; says which."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A series' labels and its value now."""

    labels: dict[str, str]
    value: float


def ask(prometheus_url: str, expr: str, timeout: float = 10) -> list[Sample]:
    """The samples of `expr` now, none when there are none."""
    data = fetch(prometheus_url, "query", {"query": expr}, timeout)
    if data["resultType"] == "scalar":
        return [Sample({}, float(data["result"][1]))]
    return [
        Sample(series["metric"], float(series["value"][1])) for series in data["result"]
    ]


def fetch(
    prometheus_url: str, what: str, query: Mapping[str, object], timeout: float = 10
) -> dict[str, Any]:
    """`data` of Prometheus's answer to `what`: `query` or `query_range`.

    Raises `QueryFailedError`.
    """
    url = f"{prometheus_url.rstrip('/')}/api/v1/{what}?{urlencode(query)}"
    try:
        # The address is the operator's own, on the command line or in a test.
        with urlopen(url, timeout=timeout) as answer:  # noqa: S310 - see above
            data: dict[str, Any] = json.load(answer)["data"]
    except HTTPError as error:
        raise QueryFailedError(_refusal(error)) from error
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise QueryFailedError(f"no answer: {error}") from error
    return data


def _refusal(error: HTTPError) -> str:
    try:
        return str(json.load(error)["error"])
    except (ValueError, KeyError):
        return f"HTTP {error.code}"
