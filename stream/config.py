"""`sla.yaml` -> `Config`: validated, with the place of every fault.

The file's shape is the models below (pydantic); what the rules read is built from
them once (`Config.rules`). Keys for clocks and calendars that are not built yet are
refused like any unknown key: a promise that nobody keeps must not look accepted.
"""

import hashlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from stream.durations import parse_duration
from stream.faults import ConfigError, Fault, place, places_of, read_yaml
from stream.references import dangling
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
        shares = tuple(sorted({int(point[:-1]) for point in self.warn_at}))
        return Target(measure=measure, within=self.within, warn_shares=shares)


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


class Config(_Part):
    version: Literal[1]
    session_gap: Duration = Field(24 * 3_600_000, ge=60_000)
    allowed_lateness: Duration = Field(2_000, le=600_000)
    stale_after: Duration = Field(900_000)
    queues: dict[str, Queue] = {}
    policies: tuple[PolicyPart, ...] = Field(min_length=1)
    alerts: Alerts
    _version: str = PrivateAttr("")

    @property
    def version_hash(self) -> str:
        """Of the file's content: stamped on every clock."""
        return self._version

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
                tuple(part.policy() for part in self.policies), self._version
            ),
            queues={
                _channel_and_account(account): name
                for name, queue in self.queues.items()
                for account in queue.accounts
            },
            session_gap=self.session_gap,
            allowed_lateness=self.allowed_lateness,
        )


def _channel_and_account(account: str) -> tuple[str, str]:
    channel, _, name = account.partition(":")
    return channel, name


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
    document = read_yaml(text, name)
    try:
        config = Config.model_validate(document)
    except ValidationError as error:
        raise ConfigError(places_of(name, document, error.errors(), Config)) from None
    wrong = list(dangling(config))
    if wrong:
        raise ConfigError(sorted(place(name, document, *fault) for fault in wrong))
    config._version = hashlib.sha256(text.encode()).hexdigest()[:12]  # noqa: SLF001  ours
    return config
