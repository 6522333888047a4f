"""Who answers: an agent of the profile, and the team where the profile has none."""

from pydantic import Field, field_validator, model_validator

from stream.company.written import Count, Factor, WeekDays
from stream.config.calendars import Window, Windows, by_weekday, parse_days
from stream.config.part import Part
from stream.sla.opening_hours import Span, Week

OFFICE: dict[str, tuple[Span, ...]] = {"mon-fri": ((540, 1050),)}
"""From 9:00 to 17:30."""


class Agent(Part):
    queues: tuple[str, ...] = Field((), description="whose work; none: of all queues")
    works: dict[str, Windows] = Field(
        default_factory=OFFICE.copy,
        description='at which hours; `mon-fri: ["09:00-17:30"]` where nothing is said',
    )
    calendar: str | None = Field(
        None, description="of the rules file, holidays and all; instead of `works`"
    )
    lunch: Window | None = Field(
        None,
        description='when the agent is away: `"12:30-13:00"`; not a whole shift',
    )
    at_once: Count = Field(
        3, description="conversations that the agent holds at the same time (chosen)"
    )
    pace: Factor = Field(1, description="2: takes twice as long as others")

    @field_validator("works")
    @classmethod
    def _days_named(cls, works: dict[str, Windows]) -> dict[str, Windows]:
        for days in works:
            parse_days(days)
        return works

    @model_validator(mode="after")
    def _one_of_both(self) -> "Agent":
        if self.calendar is not None and "works" in self.model_fields_set:
            raise ValueError("has works and calendar: write one of them")
        return self

    def takes(self, queue: str) -> bool:
        return not self.queues or queue in self.queues

    @property
    def week(self) -> Week:
        """Of `works`, by weekday."""
        return by_weekday(self.works)


class Absence(Part):
    agent: str = Field(description="who is not there")
    days: WeekDays = Field(description="`tue`, `mon-wed`")


TEAM = {
    name: Agent.model_validate(part)
    for name, part in {
        "ana": {"works": {"mon-fri": ["08:00-16:00"]}, "lunch": "12:00-12:30"},
        "ben": {"works": {"mon-fri": ["09:00-17:30"]}, "lunch": "12:30-13:00"},
        "cleo": {"works": {"mon-fri": ["09:00-17:30"]}, "lunch": "13:00-13:30"},
        "dora": {"works": {"mon-fri": ["12:00-20:00"]}, "lunch": "16:00-16:30"},
        "emil": {"works": {"wed-sun": ["09:00-17:00"]}, "lunch": "13:00-13:30"},
        "fay": {"works": {"thu-mon": ["12:00-20:00"]}, "lunch": "16:30-17:00"},
    }.items()
}
"""A small company's (chosen): from 8 to 20 on workdays, two people at weekends."""
