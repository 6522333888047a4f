"""Why a sink did not do it: a closed set of reasons.

The reason is log field and metric label, and it decides what happens next. No secret,
address or text of a request reaches an error's text.
"""

from enum import StrEnum


class FailureReason(StrEnum):
    """Why a sink did not do it."""

    RATE_LIMITED = "rate_limited"
    NETWORK = "network"
    TIMEOUT = "timeout"
    SERVER = "server"
    TOKEN = "token"  # noqa: S105  a word, not a secret
    """The token or secret is missing, wrong or expired: an operator must act."""
    CHANNEL = "channel"
    """The channel or address is unknown or closed to us: an operator must act."""
    REDIRECT = "redirect"
    """The address leads elsewhere, and is not followed: an operator must act."""
    MESSAGE = "message"
    """The sink refuses this message; others may pass."""
    GONE = "gone"
    """The message to edit exists no more, or may not be edited any more."""


FOR_NOW = frozenset(
    {
        FailureReason.RATE_LIMITED,
        FailureReason.NETWORK,
        FailureReason.TIMEOUT,
        FailureReason.SERVER,
    }
)
"""These pass by themselves."""
FOR_AN_OPERATOR = frozenset(
    {FailureReason.TOKEN, FailureReason.CHANNEL, FailureReason.REDIRECT}
)
"""Nothing that the sink is asked will pass before somebody acts."""


class SinkFailure(Exception):  # noqa: N818  a failure is the word of semantics 4.6
    """A sink did not do what was asked.

    `unclear`: it may have happened all the same.
    `retry_after`: seconds that the sink wants us to wait, when it said so.
    """

    def __init__(
        self,
        reason: FailureReason,
        detail: str,
        *,
        unclear: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.unclear = unclear
        self.retry_after = retry_after
