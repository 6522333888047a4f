"""What is logged when a sink does not take an alert: once, until it changes."""

import structlog

from alerts.failure import FOR_AN_OPERATOR, FailureReason, SinkFailure
from alerts.lane import Lane, Waiting
from alerts.sinks.place import said_of
from stream.config.sinks import kind_of_place

log = structlog.get_logger(__name__)


class Complaints:
    """Of all lanes: a refused token of Slack's is one complaint, not one a channel."""

    def __init__(self) -> None:
        self._token_is_refused = False

    def answers_again(self, lane: Lane) -> None:
        """The lane had failed before and works now."""
        if kind_of_place(lane.channel) == "slack":
            self._token_is_refused = False
        log.info("sink answers again", place=said_of(lane.channel))

    def say(self, lane: Lane, waiting: Waiting, failure: SinkFailure) -> None:
        """Say why `waiting` has to wait."""
        said = {
            "place": said_of(lane.channel),
            "reason": failure.reason,
            "detail": failure.detail,
        }
        if failure.reason in {FailureReason.MESSAGE, FailureReason.GONE}:
            log.error("sink refuses the message", key=waiting.key, **said)
        elif not lane.is_new_trouble(failure.reason):
            return
        elif failure.reason in FOR_AN_OPERATOR:
            if (
                failure.reason is FailureReason.TOKEN
                and kind_of_place(lane.channel) == "slack"
            ):
                if self._token_is_refused:
                    return
                self._token_is_refused = True
            log.error("sink refuses, alerts wait", **said)
        else:
            log.warning("sink does not take alerts now, trying again", **said)
