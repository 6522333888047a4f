"""`alerts.receivers.*`: the ways out, each with what the file says of it.

Addresses and secrets are never in the file: `url_from: DESK` names the variables
`REPLYCLOCK_SINK_DESK` and `REPLYCLOCK_SINK_DESK_SECRET` (`stream.process.sinks`).
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from stream.config.part import Duration, Part
from stream.sla.instants import MINUTE

# No underscore: the variables' names have one after it.
_NAME = r"^[A-Z][A-Z0-9]{0,31}$"


def _sink_name(name: str) -> str:
    if not re.fullmatch(_NAME, name):
        # Not shown: an address with its secret may stand there.
        raise ValueError("must be a name, A-Z and 0-9: DESK, for REPLYCLOCK_SINK_DESK")
    return name


SinkName = Annotated[
    str, AfterValidator(_sink_name), Field(json_schema_extra={"pattern": _NAME})
]


def kind_of_place(place: str) -> str:
    """`slack`, `webhook`, `alertmanager` or `apprise`.

    Of where notices are: `webhook:DESK`, or the id of a Slack channel.
    """
    kind, colon, _ = place.partition(":")
    return kind if colon else "slack"


ASSIGNEE = "assignee"
"""The mention of whoever has the work, where `people` knows them."""
_MENTION = rf"^(@?(here|channel|everyone)|@?[UWS][A-Z0-9]+|{ASSIGNEE})$"


def _mention(text: str) -> str:
    if not re.fullmatch(_MENTION, text):
        raise ValueError(
            f"{text!r} calls nobody in Slack: write @here, @channel, the id of a person"
            " (U0ANA) or of a user group (S0LEADS), or assignee"
        )
    return text


Mention = Annotated[
    str, AfterValidator(_mention), Field(json_schema_extra={"pattern": _MENTION})
]


class SlackReceiver(Part):
    channel: str = Field(pattern=r"^[CGD][A-Z0-9]+$", description="the channel's id")
    mention: Mention | None = Field(
        None,
        description="put before the text: `@here`, the id of a person (`U0ANA`) or a"
        " user group (`S0LEADS`); assignee: who has the work",
    )

    @property
    def place(self) -> str:
        return self.channel


class WebhookReceiver(Part):
    url_from: SinkName = Field(
        description="`DESK`: the address is in REPLYCLOCK_SINK_DESK, the secret that"
        " signs in REPLYCLOCK_SINK_DESK_SECRET"
    )

    @property
    def place(self) -> str:
        return f"webhook:{self.url_from}"


class AlertmanagerReceiver(Part):
    url_from: SinkName = Field(
        description="`OPS`: the address is in REPLYCLOCK_SINK_OPS, as before `/api/v2`"
    )

    @property
    def place(self) -> str:
        return f"alertmanager:{self.url_from}"


class AppriseReceiver(Part):
    url_from: SinkName = Field(
        description="`MAIL`: Apprise's URLs are in REPLYCLOCK_SINK_MAIL, with spaces"
        " between"
    )

    @property
    def place(self) -> str:
        return f"apprise:{self.url_from}"


class Fallback(Part):
    to: str = Field(description="a receiver")
    after: Duration = Field(
        5 * MINUTE, ge=10_000, description="of refusing without a break"
    )
