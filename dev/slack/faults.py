"""Failures the stand-in is told to make, so that ours can be seen to survive them."""

from dataclasses import dataclass
from typing import Any, Self


@dataclass(slots=True, kw_only=True)
class Failure:
    """What happens to calls of `method` ("*": any), for a while or a few times.

    `error` answers 200 with `ok: false`; `http_status` answers that status;
    `hang_up` closes the connection without an answer. With `after_accepting` the
    call is done first, and only its answer fails.
    """

    method: str = "chat.postMessage"
    error: str | None = None
    http_status: int | None = None
    hang_up: bool = False
    after_accepting: bool = False
    retry_after: int | None = None
    channel: str | None = None
    until: float | None = None
    left: int | None = None

    @classmethod
    def told(cls, order: dict[str, Any], now: float) -> Self:
        """From a control call's body; raises ValueError when it makes no sense."""
        order = dict(order)
        seconds, count = order.pop("seconds", None), order.pop("count", None)
        until = None if seconds is None else now + float(seconds)
        try:
            failure = cls(until=until, left=count, **order)
        except TypeError as error:
            raise ValueError(str(error)) from error
        kinds = [failure.error, failure.http_status, failure.hang_up or None]
        if sum(kind is not None for kind in kinds) != 1:
            raise ValueError("choose one of error, http_status and hang_up")
        if (seconds is None) == (count is None):
            raise ValueError("choose one of seconds and count")
        return failure

    def applies(self, method: str, channel: str | None, now: float) -> bool:
        """Whether it hits this call; a counted one is used up by that."""
        if self.method not in (method, "*") or self.channel not in (channel, None):
            return False
        if self.until is not None:
            return now < self.until
        if self.left is not None and self.left > 0:
            self.left -= 1
            return True
        return False
