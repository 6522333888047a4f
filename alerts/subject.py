"""What a message is about, and who words it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from alerts.alert import Alert
from alerts.slack.blocks import Message
from alerts.slack.buttons import Controls
from alerts.slack.calling import Call
from alerts.storms.listing import Listing

Subject = Alert | Listing
"""What a message is about."""


class Write(Protocol):
    """Makes the message of a notice about one alert."""

    def __call__(
        self,
        alert: Alert,
        mention: str | None,
        *,
        call: Call | None,
        controls: Controls | None,
        others: Sequence[Alert] = (),
    ) -> Message: ...


WriteList = Callable[[Listing, str | None], Message]
"""Makes the message of a list, with its mention."""
