"""The whole file as a model, and what the rules read of it."""

from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from stream.config.alerts import Alerts
from stream.config.calendars import CalendarPart, check_zone
from stream.config.figures import Health, Responsive, Staffing
from stream.config.links import Link
from stream.config.nearest import meant
from stream.config.part import AppId, Duration, OrShort, Part, Share, Silence
from stream.config.policies import PolicyPart
from stream.sla.events import AuthorKind, Channel, Name
from stream.sla.hours import ALWAYS, DAY, AlwaysOpen, Calendar
from stream.sla.instants import HOUR
from stream.sla.policy import UNROUTED, PolicyBook, Rules


class Queue(Part):
    accounts: tuple[str, ...] = Field(
        (), description="`channel:account`, as events name it; others are `unrouted`"
    )
    calendar: str | None = Field(None, description="when its people work")
    team: str | None = Field(
        None, max_length=64, description="whose it is: a wall shows a team's queues"
    )
    objective: Share | None = Field(
        None, description="if not the highest of the policies that it can meet"
    )
    link: Link | None = Field(
        None,
        description="where an alert's button leads: `https://desk.example/c/{number}`,"
        " `{customer}` (the pseudonym), `{conversation}`",
    )

    @field_validator("accounts")
    @classmethod
    def _named_with_channel(cls, accounts: tuple[str, ...]) -> tuple[str, ...]:
        for account in accounts:
            channel = account.partition(":")[0]
            if channel not in list(Channel) or ":" not in account:
                raise ValueError(f"{account!r}: write channel:account, whatsapp:1065")
        return accounts


class Config(Part):
    version: Literal[1] = Field(description="of this file's form: 1")
    timezone: str = Field("UTC", description="of calendars that name none")
    session_gap: Duration = Field(
        24 * HOUR,
        ge=60_000,
        description="silence by both sides that ends a session where nothing is owed",
    )
    abandon_after: Silence = Field(
        7 * DAY,
        ge=60_000,
        description="silence by both sides that ends the wait of a customer: abandoned",
    )
    unresolved_after: Silence = Field(
        30 * DAY,
        ge=60_000,
        description="silence by both sides that ends a resolution that is still open",
    )
    allowed_lateness: Duration = Field(
        2_000,
        le=600_000,
        description="how long after a deadline late events are waited for",
    )
    stale_after: Duration = Field(
        900_000,
        description="a breach that is over and noticed so late is counted, not alerted",
    )
    silence_after: Duration = Field(
        1_800_000,
        ge=60_000,
        description="so much open time without an event of an account is too much",
    )
    unknown_author: Literal["agent", "bot"] = Field(
        "agent", description="who speaks where the source cannot tell"
    )
    apps: dict[AppId, Literal["agent", "bot"]] = Field(
        {},
        description="who writes through a Meta app, by its id; none: what names no app",
    )
    instant_reply: Duration = Field(
        5_000,
        le=60_000,
        description="so soon after a customer's words only a machine answers: whom the"
        " source cannot tell is a bot then; 0s: never",
    )
    statuses_from: tuple[str, ...] = Field(
        (),
        description="channels, or `channel:account`, whose statuses, tiers, priorities,"
        " tags or queues somebody tells (events.md): Meta does not; for `check`",
    )
    categories: tuple[Name, ...] = Field(
        (),
        description="tags that say what a session is about, for figures; sessions with"
        " none of them, but with others, are `other`",
    )
    fcr_window: Duration = Field(
        7 * DAY,
        description="resolved at first contact: not reopened, and no new session of the"
        " customer, for so long",
    )
    converted_within: Duration = Field(
        5 * DAY, description="a purchase so soon after a session counts as its success"
    )
    repeat_within: Duration = Field(
        7 * DAY, description="a session so soon after the customer's last is a repeat"
    )
    responsive: Responsive = Field(
        Responsive(), description="the badge of a channel that answers often and fast"
    )
    staffing: Staffing = Field(
        Staffing(), description="for how many people a week is planned"
    )
    health: Health = Field(
        Health(), description="which customers are in trouble (red), or may be (amber)"
    )
    reload: Literal["new_cycles", "reevaluate_open"] = Field(
        "new_cycles", description="whether changed rules apply to running clocks, too"
    )
    windows: dict[Channel, Duration] = Field(
        {
            Channel.WHATSAPP: 24 * HOUR,
            Channel.MESSENGER: 24 * HOUR,
            Channel.INSTAGRAM: 24 * HOUR,
        },
        description="how long after a customer's words a channel takes a free answer",
    )
    calendars: dict[str, Annotated[CalendarPart, OrShort({"const": "open"})]] = Field(
        {}, description="opening hours by name; `always` is there unwritten"
    )
    queues: dict[str, Queue] = Field({}, description="whose work a conversation is")
    policies: tuple[PolicyPart, ...] = Field(
        min_length=1, description="first match wins"
    )
    alerts: Alerts
    _version: str = PrivateAttr("")
    _rules: Rules | None = PrivateAttr(None)

    @field_validator("statuses_from")
    @classmethod
    def _of_channels(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            channel, colon, account = name.partition(":")
            if channel not in list(Channel):
                hint = meant(channel, [each.value for each in Channel])
                raise ValueError(f"no channel {channel!r}{hint}")
            if colon and not account:
                raise ValueError(f"{name!r}: write {channel}, or {channel}:account")
        return names

    @field_validator("timezone")
    @classmethod
    def _zone(cls, name: str) -> str:
        return check_zone(name)

    @model_validator(mode="after")
    def _on_call(self) -> "Config":
        if any(route.to.calendar is not None for route in self.alerts.routes):
            self.alerts.know(self._calendars())
        return self

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

    def stamped(self, version: str) -> "Config":
        """With the hash of the content it was read from."""
        self._version = version
        return self

    def rules(self) -> Rules:
        """What the pure rules read; the same object at every call."""
        if self._rules is None:
            self._rules = self._new_rules()
        return self._rules

    def _new_rules(self) -> Rules:
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
            abandon_after=self.abandon_after,
            unresolved_after=self.unresolved_after,
            calendars=self._calendars(),
            queue_calendars={
                name: queue.calendar
                for name, queue in self.queues.items()
                if queue.calendar is not None
            },
            windows={channel.value: ms for channel, ms in self.windows.items()},
            unknown_author=AuthorKind(self.unknown_author),
            instant_reply=self.instant_reply,
            reevaluate_open=self.reload == "reevaluate_open",
            categories=frozenset(self.categories),
        )

    def app_authors(self) -> dict[str, AuthorKind]:
        """Who writes through each app of Meta that the file names."""
        return {app: AuthorKind(kind) for app, kind in self.apps.items()}

    def _calendars(self) -> dict[str, Calendar]:
        found: dict[str, Calendar] = {ALWAYS: AlwaysOpen()}
        for name, part in self.calendars.items():
            found[name] = part.calendar(name, self.timezone)
        return found


def _channel_and_account(account: str) -> tuple[str, str]:
    channel, _, name = account.partition(":")
    return channel, name
