"""A sink: somewhere that notices are told, and what it is given to say.

Slack is the one where a message has a life: it is found again, edited, answered in its
thread. Others are told how an alert is now, as often as it changes; repeating that does
no harm there, so it is not looked for (ADR 24). The last state is an edit like others.
"""

from dataclasses import dataclass
from typing import Protocol

from alerts.alert import Alert
from alerts.destination import Destination
from alerts.slack.blocks import Message
from alerts.slack.calling import Call
from alerts.slack.client import Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What is said of the notice `key`: the alert as it is now, and in words."""

    key: str
    receiver: str
    subject: Alert | None
    """None of a list of many, which only Slack is told."""
    message: Message
    """As Slack has it; the others take its text."""
    revision: str
    is_open: bool
    """Whether somebody waits."""
    call: Call | None = None
    """Of a notice that is not the alert's first."""

    @property
    def alert(self) -> Alert:
        """Of all that is said to other sinks than Slack."""
        assert self.subject is not None
        return self.subject


class Sink(Protocol):
    """All methods raise `SinkFailure`."""

    cannot_look: bool
    """Nobody is asked by `find`."""

    async def post(self, where: Destination, saying: Saying) -> str:
        """Tell it the first time; returns its name there, the ledger's `ts`."""
        ...

    async def edit(self, where: Destination, ts: str, saying: Saying) -> None:
        """Tell how it is now; what cannot edit does nothing."""
        ...

    async def find(self, where: Destination, key: str, since: float) -> Posted | None:
        """What is there of the notice `key`, posted after `since` (seconds).

        What cannot look answers what is best to believe.
        """
        ...

    async def put_right(
        self, where: Destination, ts: str, saying: Saying, since: float
    ) -> None:
        """Have what else is there of the notice say the same as `ts`."""
        ...

    async def say(self, place: str, message: Message, key: str) -> None:
        """Tell `message`, which is of no alert, once; what takes none does nothing."""
        ...


class OtherSink(Sink, Protocol):
    """One that is not Slack."""

    async def look(self) -> None:
        """Ask whether it is there, and tell it nothing."""
        ...

    async def test(self, by: str, *, is_over: bool) -> None:
        """Tell that `by` tests it, and that the test is over."""
        ...


def tested(by: str) -> str:
    """What a test says."""
    return f"This is a test by {by} of ReplyClock: nothing is broken."


def instant(ms: int) -> str:
    """A `ts` as Slack's, for sinks that have no names: when it was told, in seconds."""
    return f"{ms / 1000:.6f}"
