"""The body of a webhook: what others build upon (`docs/webhook.schema.json`). Pure.

The envelope is that of Standard Webhooks: `type`, `timestamp`, `data`.
"""

import html
import json
import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from alerts.alert import AlertState
from alerts.customer import Shown
from alerts.sinks.sink import Saying
from alerts.slack.blocks import Message
from stream.sla.events import Channel
from stream.sla.facts import FactKind, Measure, Reason
from stream.sla.instants import from_ms

_MARKED = re.compile(r"<[^|>]*\|([^>]*)>")
"""A date or link of Slack's, with what it reads as."""


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True)


class AlertData(_Said):
    """One alert as it is now."""

    key: str = Field(description="the same for all that is told of this notice")
    revision: str = Field(
        description="another for all that is said otherwise; webhook-id has both"
    )
    state: AlertState
    open: bool = Field(description="whether somebody waits and is to act")
    cause: Literal["warned", "breached", "escalated"] = Field(
        description="what this notice was made for"
    )
    receiver: str = Field(description="its name in sla.yaml")
    instead_of: str | None = Field(
        None, description="the receiver whose sink refuses, where this is its fallback"
    )
    text: str = Field(description="in a line, for people")
    queue: str
    measure: Measure
    policy: str | None = None
    channel: Channel
    account: str
    conversation: str = Field(description="a pseudonym")
    assignee: str | None = None
    started_at: datetime | None = Field(None, description="when the wait began")
    deadline: datetime
    at: datetime = Field(description="when what made the state happened")
    author: str | None = Field(None, description="who made it so")
    reason: Reason | None = None
    customer: str | None = Field(
        None, description="as far as alerts.show_customer of sla.yaml says"
    )
    link: str | None = Field(None, description="to the conversation")


class AlertBody(_Said):
    """Something is to be known about an alert."""

    type: Literal["alert"] = "alert"
    timestamp: datetime = Field(
        description="when this was known: of one key, the latest is true; drop others"
    )
    data: AlertData


class TextData(_Said):
    key: str
    text: str


class TextBody(_Said):
    """Words about no alert: a test, a summary."""

    type: Literal["text"] = "text"
    timestamp: datetime
    data: TextData


Body = TypeAdapter[AlertBody | TextBody](
    Annotated[AlertBody | TextBody, Field(discriminator="type")]
)


def alert_body(saying: Saying, shown: Shown) -> AlertBody:
    """What is told of an alert."""
    alert, ground, last = saying.alert, saying.alert.ground, saying.alert.last
    assert ground.measure is not None  # an alert is of a clock
    cause = ground if saying.call is None else saying.call.cause
    data = AlertData(
        key=saying.key,
        revision=saying.revision,
        state=alert.state,
        open=saying.is_open,
        cause=_CAUSES[cause.kind],
        receiver=saying.receiver,
        instead_of=None if saying.call is None else saying.call.instead_of,
        text=plain(saying.message.text),
        queue=ground.queue,
        measure=ground.measure,
        policy=ground.policy,
        channel=ground.channel,
        account=ground.account,
        conversation=ground.conversation_id,
        assignee=ground.assignee,
        started_at=None if ground.started_at is None else from_ms(ground.started_at),
        deadline=from_ms(alert.deadline),
        at=from_ms(last.at),
        author=last.author,
        reason=last.reason,
        customer=shown.customer,
        link=ground.link or shown.link,
    )
    return AlertBody(timestamp=from_ms(last.noticed_at), data=data)


def text_body(key: str, text: str, now: int) -> TextBody:
    return TextBody(timestamp=from_ms(now), data=TextData(key=key, text=text))


def schema() -> str:
    """JSON Schema of all bodies."""
    model = Body.json_schema(mode="serialization")
    about = "https://json-schema.org/draft/2020-12/schema"
    told = {"$schema": about, "title": "What ReplyClock's webhooks say", **model}
    return json.dumps(told, indent=2) + "\n"


def plain(text: str) -> str:
    """Slack's text without its escapes."""
    return html.unescape(text)


def whole(message: Message) -> str:
    """Title and lines of a message that is of no alert, without Slack's marks."""
    said = [b["text"]["text"] for b in message.blocks if b["type"] == "section"]
    shown = _MARKED.sub(r"\1", "\n".join(said)).replace("*", "")
    return plain(f"{message.text}\n{shown}".strip())


_CAUSES: dict[FactKind, Literal["warned", "breached", "escalated"]] = {
    FactKind.WARNED: "warned",
    FactKind.BREACHED: "breached",
    FactKind.ESCALATED: "escalated",
}
