"""What figures need of the file: limits and rules that move no clock."""

from pydantic import Field

from stream.config.part import Duration, Part, Share
from stream.sla.hours import DAY
from stream.sla.instants import MINUTE, SECOND


class Responsive(Part):
    """The badge of a channel: answered so often, and so fast (Messenger's rule)."""

    rate: Share = Field(
        "90%",
        validate_default=True,
        description="of first messages that are answered at all",
    )
    within: Duration = Field(15 * MINUTE, description="how long the answers may take")
    over: Duration = Field(7 * DAY, ge=DAY, description="days that count, up to now")


class Staffing(Part):
    """How many people are needed (Erlang C; with `patience`, Erlang A)."""

    level: Share = Field(
        "80%",
        lt=1,
        validate_default=True,
        description="of customers who are to wait no longer than `within`",
    )
    within: Duration = Field(
        5 * MINUTE, description="how long they may wait for a person who is free"
    )
    concurrency: int = Field(
        3, ge=1, le=20, description="conversations that a person has at once"
    )
    patience: Duration | None = Field(
        None,
        ge=SECOND,
        description="how long customers wait before they give up, on average; left out:"
        " for ever",
    )
    shrinkage: Share = Field(
        "30%",
        lt=1,
        validate_default=True,
        description="of paid time in which nobody answers: breaks, training, illness",
    )
    handling: Duration | None = Field(
        None,
        ge=SECOND,
        description="work for a conversation; left out: as measured, from the first"
        " reply to the last, where there is more than one",
    )


class Signs(Part):
    """Any of them is enough; left out: not looked at."""

    csat: float | None = Field(None, description="the latest answer at or below this")
    ces: float | None = Field(None, description="the latest answer at or below this")
    emotion: float | None = Field(None, description="the mean at or below this")
    breaches: int | None = Field(
        None, ge=1, description="so many broken promises, or more"
    )
    reopened: int | None = Field(
        None, ge=1, description="sessions reopened so often, or more"
    )


class Health(Part):
    """Customers by what happened to them of late: red, else amber, else green."""

    over: Duration = Field(30 * DAY, ge=DAY, description="what counts, up to now")
    red: Signs = Field(Signs(csat=2, breaches=3, reopened=3), description="in trouble")
    amber: Signs = Field(
        Signs(csat=3, ces=3, emotion=0, breaches=1, reopened=1),
        description="to be looked at",
    )
