"""`policies`: who is promised what, first match wins."""

from typing import Literal

from pydantic import Field, StrictBool

from stream.config.part import Duration, OneOrMore, Part, Share
from stream.config.targets import TargetsPart
from stream.sla.events import Status
from stream.sla.policy import Escalation, OnReopen, Policy

OBJECTIVE = 0.9
"""The share of promises that is to be kept where the file does not say."""

_PAUSES = Literal["open", "pending", "waiting_on_customer", "on_hold", "snoozed"]


class Match(Part):
    """All that is named must hold; of a list, one."""

    channel: OneOrMore | None = Field(
        None, description="where the customer wrote; a list, as of the next: any of it"
    )
    account: OneOrMore | None = Field(
        None, description="to whom: `channel:account`, or the account alone"
    )
    queue: OneOrMore | None = Field(None, description="whose work it is")
    priority: OneOrMore | None = Field(
        None, description="as events say it; Meta's webhooks say none"
    )
    tier: OneOrMore | None = Field(
        None, description="of the customer, as events say it; Meta's webhooks say none"
    )
    tag: OneOrMore | None = Field(None, description="one of the conversation's tags")
    hours: Literal["open", "closed"] | None = Field(
        None, description="of the queue's calendar when the cycle begins"
    )

    def wanted(self) -> dict[str, frozenset[str]]:
        """By attribute, what it may be."""
        wanted = {name: v for name, v in dict(self).items() if v is not None}
        if "hours" in wanted:
            wanted["hours"] = frozenset({wanted["hours"]})
        if "tag" in wanted:
            wanted["tags"] = wanted.pop("tag")
        return wanted


class EscalationPart(Part):
    after: Duration = Field(ge=1000, description="after the breach, in open time")
    to: str = Field(description="a receiver")


class PolicyPart(Part):
    name: str = Field(
        min_length=1, max_length=64, description="its own; stamped on every clock"
    )
    match: Match = Field(Match(), description="whom it is for; left out: everybody")
    targets: TargetsPart
    calendar: str | None = Field(None, description="if not the queue's")
    pause_on: tuple[_PAUSES, ...] = Field(
        (), description="statuses in which resolution does not count"
    )
    on_reopen: OnReopen = Field(
        OnReopen.TOTAL,
        description="`total`: resolution goes on; `first`: its verdict stays",
    )
    escalate: tuple[EscalationPart, ...] = Field(
        (), description="who else is told of a breach, and when"
    )
    objective: Share = Field(
        OBJECTIVE, description="the share of its promises that is to be kept"
    )
    shadow: StrictBool = Field(
        default=False, description="only tried: counted apart, never alerted"
    )
    count_bot: StrictBool = Field(default=False, description="a bot's words count")
    count_automation: StrictBool = Field(default=False, description="automatic replies")
    count_template: StrictBool = Field(
        default=False, description="templates, campaigns"
    )
    count_call: StrictBool = Field(
        default=False, description="calls that were picked up"
    )

    def policy(self) -> Policy:
        """What the rules read."""
        return Policy(
            name=self.name,
            match=self.match.wanted(),
            targets=tuple(self.targets.targets()),
            calendar=self.calendar,
            pause_on=frozenset(Status(name) for name in self.pause_on),
            on_reopen=self.on_reopen,
            escalate=tuple(
                Escalation(step.after, step.to)
                for step in sorted(self.escalate, key=lambda step: step.after)
            ),
            shadow=self.shadow,
            count_bot=self.count_bot,
            count_automation=self.count_automation,
            count_template=self.count_template,
            count_call=self.count_call,
        )
