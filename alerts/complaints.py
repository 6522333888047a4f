"""What is logged when Slack does not take an alert: once, until it changes."""

import structlog

from alerts.lane import Lane, Waiting
from alerts.slack.failures import FailureReason, SlackFailure

log = structlog.get_logger(__name__)


class Complaints:
    """Of all lanes: a refused token is one complaint, not one a channel."""

    def __init__(self) -> None:
        self._token_is_refused = False

    def answers_again(self, lane: Lane) -> None:
        """The lane had failed before and works now."""
        self._token_is_refused = False
        log.info("slack answers again", channel=lane.channel)

    def say(self, lane: Lane, waiting: Waiting, failure: SlackFailure) -> None:
        """Say why `waiting` has to wait."""
        reason, detail = failure.reason, failure.detail
        if reason in {FailureReason.MESSAGE, FailureReason.GONE}:
            log.error("slack refuses the message", key=waiting.key, detail=detail)
        elif not lane.is_new_trouble(reason):
            return
        elif reason is FailureReason.TOKEN:
            if not self._token_is_refused:
                log.error("slack refuses the token, alerts wait", detail=detail)
            self._token_is_refused = True
        elif reason is FailureReason.CHANNEL:
            log.error(
                "slack refuses the channel, its alerts wait",
                channel=lane.channel,
                detail=detail,
            )
        else:
            log.warning(
                "slack does not take alerts now, trying again",
                channel=lane.channel,
                reason=reason,
                detail=detail,
            )
