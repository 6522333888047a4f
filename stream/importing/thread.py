"""The conversation that a helpdesk's event belongs to, and what it gives each one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stream.channels.fields import PartIgnoredError, instant
from stream.importing.nameless import Nameless
from stream.importing.times import TimeFault, Times
from stream.sla.events import Channel

_TIMES = Times()


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A helpdesk's ids of a conversation.

    `customer`: as the helpdesk knows them; None: no file says.
    """

    nameless: Nameless
    helpdesk: str
    number: str
    channel: Channel
    account: str
    customer: str | None

    @property
    def id(self) -> str:
        return f"{self.helpdesk}:{self.number}"

    def event(self, name: str, at: datetime) -> dict[str, Any]:
        """What every event of it has; `name` is its own within the helpdesk."""
        customer = self.customer and self.nameless.customer(
            self.channel, self.account, self.customer
        )
        return {
            "v": 1,
            "event_id": f"{self.helpdesk}:{name}",
            "occurred_at": at,
            "conversation_id": self.id,
            "channel": self.channel,
            "account": self.account,
            "customer": customer,
        }


def moment(value: object) -> datetime:
    """Epoch seconds, or a text with its zone. Raises `PartIgnoredError`."""
    if not isinstance(value, str):
        return instant(value)
    try:
        return _TIMES.read(value)
    except TimeFault as fault:
        raise PartIgnoredError(str(fault)) from fault
