"""`routes.*.to`: a receiver, or one while a calendar is open and another else."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from stream.config.part import Part


class OnCall(Part):
    """A name alone is short for `then`."""

    then: str = Field(description="a receiver; `to: NAME` is short for it")
    calendar: str | None = Field(None, description="while it is open it is `then`")
    otherwise: str | None = Field(
        None, alias="else", description="the receiver while it is closed"
    )

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"then": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _whole(self) -> "OnCall":
        if (self.calendar is None) is not (self.otherwise is None):
            raise ValueError("calendar and else go together: write both, or a receiver")
        return self

    @property
    def receivers(self) -> tuple[str, ...]:
        """All that it may lead to."""
        return (self.then,) if self.otherwise is None else (self.then, self.otherwise)


def _or_a_name(schema: dict[str, Any]) -> None:
    mapping = dict(schema)
    schema.clear()
    schema["anyOf"] = [{"type": "string"}, mapping]


To = Annotated[
    OnCall,
    Field(
        description="a receiver, or `{calendar: office, then: team, else: duty}`",
        json_schema_extra=_or_a_name,
    ),
]
"""A receiver's name, or a mapping."""
