"""A trial of a receiver: one message that says so, posted and edited away."""

from collections.abc import AsyncIterator

from alerts.diagnosis import mend
from alerts.failure import SinkFailure
from alerts.sinks.place import said_of
from alerts.sinks.sinks import Sinks
from alerts.slack.client import Slack
from alerts.slack.trial import begun, over
from stream.config.alerts import Receiver
from stream.config.sinks import ASSIGNEE

_KEY = "test"
"""In the place of an alert's key, so that it is taken for none."""


class TrialError(Exception):
    """The sink did not do it: one line, with what to do."""


async def try_out(
    slack: Slack, sinks: Sinks, name: str, receiver: Receiver, by: str, *, keep: bool
) -> AsyncIterator[str]:
    """Post to the receiver called `name`, and edit unless we are to `keep` it.

    Yields a line for each when it is done; raises `TrialError`.
    """
    place = receiver.place
    where = f"{name}, {said_of(place)}"
    ts = ""
    try:
        if receiver.slack is None:
            await sinks.other(place).test(by, is_over=False)
        else:
            # Nobody in particular has the work of a test.
            mention = None if receiver.mention == ASSIGNEE else receiver.mention
            ts = await slack.post(place, begun(by, mention), _KEY, "")
    except SinkFailure as failure:
        raise TrialError(_said(f"cannot post to {where}", failure)) from failure
    yield f"posted to {where}"
    if keep:
        return
    try:
        if receiver.slack is None:
            await sinks.other(place).test(by, is_over=True)
        else:
            await slack.edit(place, ts, over(by), _KEY, "")
    except SinkFailure as failure:
        raise TrialError(_said(f"cannot edit it in {where}", failure)) from failure
    yield "edited: the test is over, and nobody has to do anything"


def _said(what: str, failure: SinkFailure) -> str:
    maybe = " (it may be there all the same: look)" if failure.unclear else ""
    return f"{what}: {failure}{maybe}; {mend(failure)}"
