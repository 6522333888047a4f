"""Why Slack did not do it: a closed set of reasons, and what the answer says of them.

The reason is log field and metric label, and it decides what happens next. The token
and the request never reach an error's text.
"""

from enum import StrEnum
from typing import Any


class FailureReason(StrEnum):
    """Why Slack did not do it."""

    RATE_LIMITED = "rate_limited"
    NETWORK = "network"
    TIMEOUT = "timeout"
    SERVER = "server"
    TOKEN = "token"  # noqa: S105  a word, not a secret
    """The token is wrong, expired or lacks a scope: an operator must act."""
    CHANNEL = "channel"
    """The channel is unknown, archived or closed to us: an operator must act."""
    MESSAGE = "message"
    """Slack refuses this message; others may pass."""
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

_ERRORS = {
    FailureReason.RATE_LIMITED: {
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
    },
    FailureReason.SERVER: {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "external_channel_migrating",
    },
    FailureReason.TOKEN: {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "access_denied",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "org_login_required",
        "two_factor_setup_required",
        "accesslimited",
        "deprecated_endpoint",
        "method_deprecated",
    },
    FailureReason.CHANNEL: {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "is_inactive",  # of an edit: archived, frozen or deleted
        "channel_type_not_supported",
        "posting_to_general_channel_denied",
        "cannot_dm_bot",
        "user_disabled",
        "user_not_found",
        "messages_tab_disabled",
        "team_access_not_granted",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
    },
    FailureReason.GONE: {
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
    },
}
_REASONS = {name: reason for reason, names in _ERRORS.items() for name in names}


class SlackFailure(Exception):  # noqa: N818  a failure is the word of semantics 4.6
    """Slack did not do what was asked.

    `unclear`: it may have happened all the same; look before repeating a post.
    `retry_after`: seconds that Slack wants us to wait, when it said so.
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


def failure_of(method: str, response: Any) -> SlackFailure:
    status: int = getattr(response, "status_code", None) or response.status
    data = getattr(response, "data", None)
    error = data.get("error") if isinstance(data, dict) else None
    detail = f"{method}: {error or f'HTTP {status}'}"
    if status == 429 or _REASONS.get(error or "") is FailureReason.RATE_LIMITED:  # noqa: PLR2004  HTTP
        return SlackFailure(
            FailureReason.RATE_LIMITED, detail, retry_after=_seconds(response.headers)
        )
    if error is None or status >= 500:  # noqa: PLR2004  HTTP
        return SlackFailure(FailureReason.SERVER, detail, unclear=True)
    reason = _REASONS.get(error, FailureReason.MESSAGE)
    # "Some aspect of the operation" may have succeeded, Slack says of its own errors.
    return SlackFailure(reason, detail, unclear=reason is FailureReason.SERVER)


def _seconds(headers: Any) -> float:
    try:
        return max(1.0, float(headers.get("Retry-After", 1)))
    except ValueError:
        return 1.0
