"""One HTTP request to a sink of ours: made once, within a time, and judged.

A redirect is refused: the signature and what is said of customers go where the operator
said, and nowhere else. What the other side answers is not read: it may be endless.
"""

import aiohttp

from alerts.failure import FailureReason, SinkFailure

SECONDS = 10.0
"""So long may a sink take."""

_REASONS = {
    401: FailureReason.TOKEN,
    403: FailureReason.TOKEN,
    404: FailureReason.CHANNEL,
    405: FailureReason.CHANNEL,
    407: FailureReason.TOKEN,
    408: FailureReason.SERVER,
    410: FailureReason.CHANNEL,
    425: FailureReason.SERVER,
    429: FailureReason.RATE_LIMITED,
}
_LONGEST_WAIT = 3600.0
"""Seconds that a `Retry-After` may hold us."""


def new_session(seconds: float = SECONDS) -> aiohttp.ClientSession:
    """For requests that may take `seconds`, through the proxy of the environment."""
    timeout = aiohttp.ClientTimeout(total=seconds)
    headers = {"User-Agent": "ReplyClock"}
    return aiohttp.ClientSession(timeout=timeout, headers=headers, trust_env=True)


async def ask(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> None:
    """Raises `SinkFailure` for everything but an answer of 2xx."""
    json = {"Content-Type": "application/json"}
    try:
        async with session.request(
            method,
            url,
            data=body,
            headers=(headers or {}) | (json if body is not None else {}),
            allow_redirects=False,
        ) as answer:
            status, wait = answer.status, answer.headers.get("Retry-After")
    except aiohttp.ConnectionTimeoutError:
        raise SinkFailure(FailureReason.TIMEOUT, "cannot connect") from None
    except aiohttp.ClientConnectorError as error:
        detail = type(error.os_error).__name__
        raise SinkFailure(FailureReason.NETWORK, detail) from None
    except TimeoutError:
        detail = "no answer"
        raise SinkFailure(FailureReason.TIMEOUT, detail, unclear=True) from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        # The text of these may hold the address.
        detail = type(error).__name__
        raise SinkFailure(FailureReason.NETWORK, detail, unclear=True) from None
    if not 200 <= status < 300:  # noqa: PLR2004  HTTP
        raise _refused(status, wait)


def _refused(status: int, wait: str | None) -> SinkFailure:
    detail = f"HTTP {status}"
    if 300 <= status < 400:  # noqa: PLR2004  HTTP
        detail += ": it redirects, which is not followed"
        return SinkFailure(FailureReason.REDIRECT, detail)
    if status >= 500:  # noqa: PLR2004  HTTP
        return SinkFailure(FailureReason.SERVER, detail, unclear=True)
    reason = _REASONS.get(status, FailureReason.MESSAGE)
    pause = _seconds(wait) if reason is FailureReason.RATE_LIMITED else None
    return SinkFailure(reason, detail, retry_after=pause)


def _seconds(wait: str | None) -> float:
    try:
        return min(max(1.0, float(wait or 1)), _LONGEST_WAIT)
    except ValueError:  # a date
        return 1.0
