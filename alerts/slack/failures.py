"""What Slack's answers say of why it did not do it. Pure."""

from typing import Any

from alerts.failure import FailureReason, SinkFailure

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


class SlackFailure(SinkFailure):
    """Slack did not do what was asked."""


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
