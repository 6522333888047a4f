"""`targets`: how long each measure may take, and when to warn."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from stream.config.durations import Within, parse_duration, parse_within
from stream.config.part import Duration, OrShort, Part
from stream.sla.facts import Measure
from stream.sla.hours import ALWAYS
from stream.sla.policy import Target

SHORTEST_TARGET = 15_000
"""Below the smallest histogram bucket and the noise of a channel (contract 8)."""

NO_TARGETS = "none"
"""What a policy says that promises nothing on purpose (semantics 2.16)."""

_WHOLE = 100

_WRITTEN = {
    "type": "string",
    "pattern": r"^((\d+[smhd])+|[1-9]\d?business_days?)$",
    "examples": ["15m", "4h", "2business_days"],
}
Span = Annotated[Within, BeforeValidator(parse_within), WithJsonSchema(_WRITTEN)]


class TargetPart(Part):
    within: Span = Field(description="open time; in days (`1d`) wall time")
    warn_at: tuple[str, ...] = Field(
        ("80%",), description="percent of the target, or a time before its end: 5m"
    )
    calendar: str | None = Field(None, description="if not the policy's")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return value if isinstance(value, dict) else {"within": value}

    @field_validator("within")
    @classmethod
    def _long_enough(cls, within: Within) -> Within:
        if not within.business_days and within.ms < SHORTEST_TARGET:
            raise ValueError(f"must be at least {SHORTEST_TARGET // 1000}s")
        return within

    @field_validator("warn_at")
    @classmethod
    def _points(cls, points: tuple[str, ...]) -> tuple[str, ...]:
        for point in points:
            if not point.endswith("%"):
                try:
                    parse_duration(point)
                except ValueError:
                    text = f"{point!r}: write a percentage, 80%, or a time before, 5m"
                    raise ValueError(text) from None
            elif not (point[:-1].isdigit() and 0 < int(point[:-1]) < _WHOLE):
                raise ValueError(f"{point!r}: a warning comes between 1% and 99%")
        return points

    @model_validator(mode="after")
    def _has_one_sort_of_time(self) -> "TargetPart":
        if self.within.by_the_clock and self.calendar not in {None, ALWAYS}:
            raise ValueError(
                "a day is 24 hours of wall time, which has no calendar:"
                " write hours (24h) or 1business_days"
            )
        return self

    @model_validator(mode="after")
    def _warns_after_the_start(self) -> "TargetPart":
        for before in self.before:
            if not self.within.business_days and before >= self.within.ms:
                raise ValueError(
                    "a warning comes after the start: warn_at is longer than within"
                )
        return self

    @property
    def before(self) -> tuple[int, ...]:
        """Warning points before the end, in milliseconds."""
        return tuple(parse_duration(p) for p in self.warn_at if not p.endswith("%"))

    def target(self, measure: Measure) -> Target:
        shares = {int(point[:-1]) for point in self.warn_at if point.endswith("%")}
        return Target(
            measure=measure,
            within=self.within.ms,
            business_days=self.within.business_days,
            warn_shares=tuple(sorted(shares)),
            warn_before=self.before,
            calendar=ALWAYS if self.within.by_the_clock else self.calendar,
        )


TargetOrSpan = Annotated[TargetPart, OrShort(_WRITTEN)]


class WindowPart(Part):
    warn_before: Annotated[tuple[Duration, ...], OrShort({"type": "string"})] = Field(
        min_length=1, description="before the channel closes the window"
    )

    @field_validator("warn_before", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        return value if isinstance(value, list) else [value]

    def target(self) -> Target:
        return Target(measure=Measure.WINDOW, within=0, warn_before=self.warn_before)


class Targets(Part):
    first_reply: TargetOrSpan | None = Field(
        None, description="from a session's first message to a person's first reply"
    )
    next_reply: TargetOrSpan | None = Field(
        None, description="from the oldest unanswered message after a reply"
    )
    resolution: TargetOrSpan | None = Field(
        None, description="from a session's start to resolved or closed"
    )
    window: WindowPart | None = Field(
        None, description="before the channel takes no free answer any more"
    )

    @model_validator(mode="after")
    def _promises_something(self) -> "Targets":
        if self is not NOTHING and not any(True for _ in self.targets()):
            raise ValueError(
                "promises nothing: write first_reply: 15m, or targets: none"
            )
        return self

    def targets(self) -> Iterator[Target]:
        """What the rules read, in the order of the measures."""
        for measure in (Measure.FIRST_REPLY, Measure.NEXT_REPLY, Measure.RESOLUTION):
            part: TargetPart | None = getattr(self, measure.value)
            if part is not None:
                yield part.target(measure)
        if self.window is not None:
            yield self.window.target()


NOTHING = Targets.model_construct()
"""What `targets: none` is read as."""


def _no_targets(value: Any) -> Any:
    return NOTHING if value == NO_TARGETS else value


def _or_the_word(schema: dict[str, Any]) -> None:
    mapping = dict(schema)
    schema.clear()
    schema["anyOf"] = [mapping, {"const": NO_TARGETS}]


TargetsPart = Annotated[
    Targets,
    BeforeValidator(_no_targets),
    Field(
        description="what is promised; `none`: nothing, on purpose",
        json_schema_extra=_or_the_word,
    ),
]
"""A mapping of measures, or the word `none`."""
