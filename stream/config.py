"""`sla.yaml` -> `Config`: validated, with the place of every fault.

The file's shape is the models below (pydantic); what the rules read is built from
them once (`Config.rules`). Keys for clocks and calendars that are not built yet are
refused like any unknown key: a promise that nobody keeps must not look accepted.
"""

import difflib
import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError

from stream.durations import parse_duration
from stream.faults import ConfigError, Fault, place_of
from stream.sla.events import Channel
from stream.sla.facts import Measure
from stream.sla.policy import UNROUTED, Policy, PolicyBook, Rules, Target

Duration = Annotated[int, BeforeValidator(parse_duration)]
OneOrMore = Annotated[
    frozenset[str], BeforeValidator(lambda v: v if isinstance(v, list) else [v])
]

SHORTEST_TARGET = 15_000
"""Below the smallest histogram bucket and the noise of a channel (contract 8)."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Queue(_Part):
    accounts: tuple[str, ...] = Field(description="channel:account, as events name it")

    @field_validator("accounts")
    @classmethod
    def _named_with_channel(cls, accounts: tuple[str, ...]) -> tuple[str, ...]:
        for account in accounts:
            channel = account.partition(":")[0]
            if channel not in list(Channel) or ":" not in account:
                raise ValueError(f"{account!r}: write channel:account, whatsapp:1065")
        return accounts


class TargetPart(_Part):
    within: Duration = Field(ge=SHORTEST_TARGET, description="deadline after the start")
    warn_at: tuple[str, ...] = Field(("80%",), description="percent of the target")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        return value if isinstance(value, dict) else {"within": value}

    @field_validator("warn_at")
    @classmethod
    def _percents(cls, points: tuple[str, ...]) -> tuple[str, ...]:
        for point in points:
            if not (point.endswith("%") and point[:-1].isdigit()):
                raise ValueError(f"{point!r}: write a percentage, 80%")
            if not 0 < int(point[:-1]) < 100:  # noqa: PLR2004  percent
                raise ValueError(f"{point!r}: a warning comes between 1% and 99%")
        return points

    def target(self, measure: Measure) -> Target:
        points = sorted({self.within * int(p[:-1]) // 100 for p in self.warn_at})
        return Target(measure=measure, within=self.within, warn_at=tuple(points))


class Targets(_Part):
    first_reply: TargetPart


class Match(_Part):
    channel: OneOrMore | None = None
    account: OneOrMore | None = None
    queue: OneOrMore | None = None
    priority: OneOrMore | None = None
    tier: OneOrMore | None = None

    def wanted(self) -> dict[str, frozenset[str]]:
        return {name: v for name, v in dict(self).items() if v is not None}


class PolicyPart(_Part):
    name: str = Field(min_length=1, max_length=64)
    match: Match = Match()
    targets: Targets
    count_bot: bool = False
    count_automation: bool = False
    count_template: bool = False
    count_call: bool = False

    def policy(self) -> Policy:
        return Policy(
            name=self.name,
            match=self.match.wanted(),
            targets=(self.targets.first_reply.target(Measure.FIRST_REPLY),),
            count_bot=self.count_bot,
            count_automation=self.count_automation,
            count_template=self.count_template,
            count_call=self.count_call,
        )


class SlackReceiver(_Part):
    channel: str = Field(pattern=r"^[CGD][A-Z0-9]+$", description="the channel's id")
    mention: str | None = None


class Receiver(_Part):
    slack: SlackReceiver


class Route(_Part):
    match: dict[Literal["queue", "channel", "policy", "account"], str] = {}
    to: str


class Alerts(_Part):
    routes: tuple[Route, ...] = Field(min_length=1)
    receivers: dict[str, Receiver] = Field(min_length=1)

    @model_validator(mode="after")
    def _routes_lead_somewhere(self) -> Self:
        for index, route in enumerate(self.routes):
            if route.to not in self.receivers:
                near = difflib.get_close_matches(route.to, self.receivers, n=1)
                hint = f": did you mean {near[0]!r}?" if near else ""
                raise _fault(("routes", index, "to"), f"no receiver {route.to!r}{hint}")
        if self.routes[-1].match:
            raise _fault(("routes",), "the last route must catch all: leave out match")
        return self


class Config(_Part):
    version: Literal[1]
    session_gap: Duration = Field(24 * 3_600_000, ge=60_000)
    allowed_lateness: Duration = Field(2_000, le=600_000)
    stale_after: Duration = Field(900_000)
    queues: dict[str, Queue] = {}
    policies: tuple[PolicyPart, ...] = Field(min_length=1)
    alerts: Alerts
    version_hash: str = Field("", exclude=True, repr=False, init=True)

    @model_validator(mode="after")
    def _names_are_known_and_unique(self) -> Self:
        owners: dict[str, str] = {}
        for name, queue in self.queues.items():
            for account in queue.accounts:
                if account in owners:
                    text = f"{account!r} is in queue {owners[account]!r} already"
                    raise _fault(("queues", name, "accounts"), text)
                owners[account] = name
        names: set[str] = set()
        for index, policy in enumerate(self.policies):
            if policy.name in names:
                text = f"a policy named {policy.name!r} stands above"
                raise _fault(("policies", index, "name"), text)
            names.add(policy.name)
            for queue_name in policy.match.queue or ():
                if queue_name not in (*self.queues, UNROUTED):
                    near = difflib.get_close_matches(queue_name, self.queues, n=1)
                    hint = f": did you mean {near[0]!r}?" if near else ""
                    text = f"no queue {queue_name!r}{hint}"
                    raise _fault(("policies", index, "match", "queue"), text)
        return self

    @property
    def queue_names(self) -> tuple[str, ...]:
        return (*self.queues, UNROUTED)

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels whose accounts the queues list, for zero-initialisation."""
        accounts = [a for queue in self.queues.values() for a in queue.accounts]
        return tuple(sorted({account.partition(":")[0] for account in accounts}))

    def rules(self) -> Rules:
        """What the pure rules read."""
        return Rules(
            book=PolicyBook(
                tuple(part.policy() for part in self.policies), self.version_hash
            ),
            queues={
                account: name
                for name, queue in self.queues.items()
                for account in queue.accounts
            },
            session_gap=self.session_gap,
            allowed_lateness=self.allowed_lateness,
        )


def _fault(path: tuple[str | int, ...], text: str) -> PydanticCustomError:
    # A model's own check cannot say which of its parts is at fault except this way.
    return PydanticCustomError("replyclock", "{text}", {"text": text, "path": path})


def load_config(path: Path) -> Config:
    """The config at `path`; raises `ConfigError` with all faults and their places."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError([Fault(str(path), 1, 1, "", error.strerror or "")]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([Fault(str(path), 1, 1, "", "is not UTF-8")]) from error
    return parse_config(text, str(path))


def parse_config(text: str, name: str) -> Config:
    """As `load_config`, for the text of a file called `name` in faults."""
    try:
        document: Any = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = " ".join(str(error.problem or error.context).split())
        raise ConfigError([Fault(name, line, column, "", problem)]) from error
    if not isinstance(document, CommentedMap):
        fault = Fault(name, 1, 1, "", "must be a mapping that starts with version: 1")
        raise ConfigError([fault])
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    try:
        return Config.model_validate({**document, "version_hash": version})
    except ValidationError as error:
        raise ConfigError(
            sorted(place_of(name, document, fault, Config) for fault in error.errors())
        ) from error
