"""The profile of a company as a model: a few lines suffice, the rest is a default.

The hours and days of customers are those of 521 real conversations with 24 companies
(IBM/twitter-customer-care-document-prediction, Apache-2.0): 15 % of them in the
quietest eight hours in a row, half in the busiest, 23 % at weekends. Where a
description says "chosen", nobody measured it.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from stream.company.agent import TEAM, Absence, Agent
from stream.company.written import (
    Chance,
    Count,
    Factor,
    Moment,
    Spread,
    Times,
    Weight,
    by_day,
    by_hour,
)
from stream.config.calendars import check_zone
from stream.config.part import Duration, Part
from stream.sla.hours import DAY
from stream.sla.instants import HOUR, MINUTE, SECOND

HOURS: dict[str, float] = {
    "23:00-07:00": 1,
    "07:00-10:00": 2.2,
    "10:00-18:00": 3.3,
    "18:00-23:00": 2.3,
}
DAYS: dict[str, float] = {"mon-fri": 4, "sat-sun": 3}


def _somebody_writes(hours: dict[str, float]) -> dict[str, float]:
    if not any(by_hour(hours)):
        raise ValueError("in no hour does anybody write")
    return hours


def _somebody_writes_on(days: dict[str, float]) -> dict[str, float]:
    if not any(by_day(days)):
        raise ValueError("on no day does anybody write")
    return days


def _named(hours: dict[str, float]) -> dict[str, float]:
    by_hour(hours)
    return hours


Slower = Annotated[dict[str, Factor], AfterValidator(_named)]
Hours = Annotated[dict[str, Weight], AfterValidator(_somebody_writes)]
Days = Annotated[dict[str, Weight], AfterValidator(_somebody_writes_on)]


class Volume(Part):
    """When customers write."""

    by_hour: Hours = Field(
        HOURS,
        description="how many beside other hours, in local time; 1 where nothing is"
        " said (measured, see above)",
    )
    by_day: Days = Field(DAYS, description="the same by weekday (measured)")


class Account(Part):
    weight: Weight = Field(1, description="how many of all, beside other accounts")
    by_hour: Hours | None = Field(None, description="if not those of `volume`")
    by_day: Days | None = Field(None, description="if not those of `volume`")


class Customers(Part):
    tiers: dict[str, Chance] = Field(
        {"vip": 0.05}, description="which share is of which tier (chosen)"
    )
    tags: dict[str, Chance] = Field(
        {"complaint": 0.05}, description="which share of matters has which tag (chosen)"
    )
    follow_up: Chance = Field(
        0.45,
        description="how often an answer leads to the next question, 20 at most"
        " (chosen; 12% in public threads, more in a chat)",
    )
    thinks: Duration = Field(
        3 * MINUTE, description="until they write again; the median (chosen)"
    )
    impatient: Chance = Field(
        0.25, description='who writes "anybody there?" while nobody answers (chosen)'
    )
    thanks: Chance = Field(
        0.15, description="who ends with words that want no answer (chosen)"
    )
    resolved: Chance = Field(
        0.85, description="of how many an agent says that they are resolved (chosen)"
    )
    reopened: Chance = Field(
        0.06, description="who comes back to it after that, within hours (chosen)"
    )

    @field_validator("tiers")
    @classmethod
    def _not_more_than_all(cls, tiers: dict[str, float]) -> dict[str, float]:
        if round(sum(tiers.values()), 9) > 1:
            raise ValueError("are more than 100% together")
        return tiers


class Bot(Part):
    greets: Chance = Field(0.4, description="how many matters it meets first (chosen)")
    after: Duration = Field(
        3 * SECOND, description="how soon it answers: no person does (instant_reply)"
    )
    solves: Chance = Field(
        0.2, description="of these it resolves so many without a person (chosen)"
    )
    hands_over_after: Duration = Field(
        40 * SECOND, description="the others it hands to the queue (chosen)"
    )


class Replies(Part):
    """How long people take."""

    takes: Duration = Field(
        2 * MINUTE,
        ge=5 * SECOND,
        le=HOUR,
        description="to read, think and type one answer, from 5s to 1h; the median"
        " (chosen)",
    )
    spread: Spread = Field(
        2,
        description="two thirds take `takes` / spread to `takes` x spread (chosen)",
    )
    slower: Slower = Field(
        {"14:00-16:00": 1.3},
        description="hours in which all take so many times as long (chosen)",
    )
    undelivered: Chance = Field(
        0.005, description="answers that do not arrive and are written again (chosen)"
    )
    picks: Literal["oldest", "tiers"] = Field(
        "oldest",
        description="what an agent takes next: who waits longest, or who has a tier",
    )


class Campaign(Part):
    at: Moment = Field(description='when it is sent: `"wed 14:00"`')
    lasts: Duration = Field(
        le=7 * DAY, description="for so long people write because of it; a week at most"
    )
    times: Times = Field(description="so many times as many write")
    queue: str | None = Field(None, description="to whom; none: to all queues")


class Outage(Part):
    account: str = Field(description="`channel:account` in which nothing gets through")
    at: Moment = Field(description='since when: `"thu 10:20"`')
    lasts: Duration = Field(
        le=7 * DAY, description="for how long, a week at most; then all comes at once"
    )


class Profile(Part):
    version: Literal[1] = Field(description="of this file's form: 1")
    timezone: str | None = Field(
        None, description="of hours, days and shifts; none: that of the rules file"
    )
    conversations: Count = Field(
        1000, description="that begin in a week, about, on all accounts together"
    )
    volume: Volume = Volume()
    accounts: dict[str, Account] = Field(
        {}, description="to which customers write; none: all of the rules file, alike"
    )
    customers: Customers = Customers()
    bot: Bot = Bot()
    replies: Replies = Replies()
    agents: dict[str, Agent] = Field(
        default_factory=TEAM.copy,
        min_length=1,
        description="who answers, by name; none: six people, from 8 to 20 on workdays,"
        " two of them at weekends (chosen)",
    )
    campaigns: tuple[Campaign, ...] = Field(
        (), description="what makes many write at once"
    )
    outages: tuple[Outage, ...] = Field((), description="channels that are down")
    absences: tuple[Absence, ...] = Field((), description="who is ill, or on leave")

    @field_validator("timezone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        return None if name is None else check_zone(name)

    @model_validator(mode="after")
    def _to_one_account(self) -> "Profile":
        if self.accounts and not any(a.weight for a in self.accounts.values()):
            raise ValueError("accounts: to none of them does anybody write")
        return self
