"""Process settings: the environment -> one frozen value (`contract.md` section 6).

Every name starts with `REPLYCLOCK_`. Every secret may also be given as a file:
`REPLYCLOCK_WHATSAPP_APP_SECRET_FILE=/run/secrets/whatsapp`. Business rules are
not here: they live in `sla.yaml` (`stream.config`).
"""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    ByteSize,
    Field,
    RedisDsn,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import SettingsConfigDict

from stream.channels.contact import ContactKeys, contact_keys
from stream.config.durations import parse_duration
from stream.kafka.access import KafkaAccess, Mechanism, Protocol
from stream.kafka.membership import LONGEST_SESSION_S, SHORTEST_SESSION_S, Membership
from stream.kafka.refusal import RefusedStartError
from stream.kafka.topic_policy import TopicPolicy
from stream.process.meta_apps import CHANNELS, MetaApp, separate_apps, written_apps
from stream.process.monitoring_settings import MonitoringSettings
from stream.process.senders import Senders
from stream.process.slack_settings import SlackSettings
from stream.process.wrong_settings import wrong

PREFIX = "REPLYCLOCK_"


def _session_timeout(text: str) -> str:
    if not SHORTEST_SESSION_S <= parse_duration(text) / 1000 <= LONGEST_SESSION_S:
        raise ValueError("not from 10s to 1m")
    return text


class SettingsError(RefusedStartError):
    """The environment does not say what is needed; one line a fault."""


class Settings(SlackSettings, MonitoringSettings):
    """What every process reads. Unset secrets are `None`; `need` asks for them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    broker: str = Field("127.0.0.1:9092", description="Kafka bootstrap host:port")
    config: Path = Field(Path("config/sla.yaml"), description="the rules file")
    topic_prefix: str = Field("", description="put before every topic's name")
    partitions: int = Field(
        4, ge=1, le=1024, description="of each topic, when created; never changed"
    )
    replication: int = Field(1, ge=1, description="of each topic, when created")
    min_insync_replicas: int = Field(
        0, ge=0, description="of each topic, when created; 0: one less than replication"
    )
    create_topics: bool = Field(
        default=True, description="or stop, and say how, when one is missing"
    )
    dead_letters_consecutive: int = Field(
        1000, ge=0, description="so many in a row stop the worker; 0: never"
    )
    dead_letters_ratio: float = Field(
        0.5, gt=0, le=1, description="more of the last 2000 stop it; 1: never"
    )
    kafka_security_protocol: Protocol = "PLAINTEXT"
    kafka_sasl_mechanism: Mechanism = "SCRAM-SHA-512"
    kafka_username: str = ""
    kafka_password: SecretStr | None = None
    kafka_ca_file: str = Field("", description="empty: whom this machine trusts")
    kafka_cert_file: str = Field("", description="PEM, if Kafka asks for one")
    kafka_key_file: str = Field("", description="empty: inside of the certfile")
    member_id: str = Field(
        "",
        pattern=r"^[A-Za-z0-9._-]{0,200}$",
        description="of the worker, if its place in the group is to outlive a restart",
    )
    session_timeout: Annotated[str, AfterValidator(_session_timeout)] = Field(
        "10s", description="after which Kafka gives a silent worker's partitions away"
    )
    reload_every: float = Field(
        10.0, ge=0.1, le=3600, description="seconds between two looks at the rules file"
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="auto: colours on a terminal, JSON lines elsewhere"
    )

    intake_host: str = "127.0.0.1"
    intake_port: int = Field(8080, ge=0, le=65535)
    intake_metrics_host: str = "127.0.0.1"
    intake_metrics_port: int = Field(9103, ge=0, le=65535)
    spool_dir: str = Field(
        "", description="where webhooks wait while Kafka is away; empty: 503"
    )
    spool_max: ByteSize = Field(
        "1GiB",
        ge=1 << 20,
        validate_default=True,
        description="of the spool's file",
    )
    worker_host: str = "127.0.0.1"
    worker_port: int = Field(9101, ge=0, le=65535)
    alerts_host: str = "127.0.0.1"
    alerts_port: int = Field(9102, ge=0, le=65535)

    id_secret: SecretStr | None = Field(
        None, description="key that turns phone numbers into pseudonyms; keep it"
    )
    contact_key: SecretStr | None = Field(
        None, description="keys that seal who a customer is, the newest first"
    )
    whatsapp_app_secret: SecretStr | None = None
    whatsapp_verify_token: SecretStr | None = None
    messenger_app_secret: SecretStr | None = None
    messenger_verify_token: SecretStr | None = None
    meta_apps: SecretStr | None = Field(
        None, description="JSON: more apps by name, each with several secrets"
    )
    events_token: SecretStr | None = Field(None, description="of the one who posts")
    events_tokens: SecretStr | None = Field(
        None, description="who may post events, as JSON: `replyclock token NAME`"
    )

    redis_url: RedisDsn = Field(
        RedisDsn("redis://127.0.0.1:6379/0"),
        repr=False,
        description="may hold a password",
    )
    redis_password: SecretStr | None = Field(
        None, description="where REDIS_URL holds none"
    )

    @model_validator(mode="before")
    @classmethod
    def _unset_empty(cls, values: dict[str, Any]) -> dict[str, Any]:
        # `REPLYCLOCK_X=` in an env file means "not set", not "an empty secret".
        return {name: value for name, value in values.items() if value != ""}

    @field_validator("contact_key")
    @classmethod
    def _are_keys(cls, secret: SecretStr | None) -> SecretStr | None:
        contact_keys(_text(secret))
        return secret

    @property
    def contact_keys(self) -> ContactKeys:
        """What seals and opens who a customer is: without keys, nothing."""
        return contact_keys(_text(self.contact_key))

    def senders(self) -> Senders:
        """Who may post events. Raises `ValueError`."""
        return Senders(_text(self.events_token), _text(self.events_tokens))

    def need(self, name: str, why: str) -> str:
        """The secret `name`; raises `SettingsError` that names the variable."""
        secret: SecretStr | None = getattr(self, name)
        if secret is None:
            raise SettingsError(f"{PREFIX}{name.upper()} is not set: {why}")
        return secret.get_secret_value()

    def meta_app_list(self) -> list[MetaApp]:
        """Whose webhooks are believed; raises `ValueError` for what is none."""
        secrets = {name: getattr(self, f"{name}_app_secret") for name in CHANNELS}
        tokens = {name: getattr(self, f"{name}_verify_token") for name in CHANNELS}
        written = self.meta_apps and written_apps(self.meta_apps.get_secret_value())
        return [*separate_apps(secrets, tokens), *(written or [])]

    @property
    def kafka(self) -> KafkaAccess:
        """What every Kafka client of ours is made from."""
        return KafkaAccess(
            bootstrap=self.broker,
            protocol=self.kafka_security_protocol,
            mechanism=self.kafka_sasl_mechanism,
            username=self.kafka_username,
            password=_text(self.kafka_password),
            ca_file=self.kafka_ca_file,
            cert_file=self.kafka_cert_file,
            key_file=self.kafka_key_file,
        )

    @property
    def membership(self) -> Membership:
        """How the worker is a member of its group."""
        seconds = parse_duration(self.session_timeout) / 1000
        return Membership(self.member_id, seconds)

    @property
    def topic_policy(self) -> TopicPolicy:
        return TopicPolicy(
            replication=self.replication,
            min_insync=self.min_insync_replicas or max(1, self.replication - 1),
            create=self.create_topics,
        )

    def topic(self, name: str) -> str:
        return self.topic_prefix + name

    @property
    def events_topic(self) -> str:
        return self.topic("conversations.events")

    @property
    def aliases_topic(self) -> str:
        """Which names are one customer's: compacted, read by each intake."""
        return self.topic("conversations.aliases")

    @property
    def facts_topic(self) -> str:
        return self.topic("sla.facts")

    @property
    def dead_letters_topic(self) -> str:
        return self.topic("sla.dead-letters")

    @property
    def worker_group(self) -> str:
        """The consumer group, and the first part of the changelog's name."""
        return self.topic("replyclock-worker")

    @property
    def changelog_topic(self) -> str:
        """The conversations, as the worker writes them down."""
        return f"{self.worker_group}-conversations-changelog"

    @property
    def alerts_group(self) -> str:
        """The consumer group that reads the facts."""
        return self.topic("replyclock-alerts")


def _text(secret: SecretStr | None) -> str:
    """Empty where it is not set."""
    return "" if secret is None else secret.get_secret_value()


def read_settings() -> Settings:
    """The environment as `Settings`; raises `SettingsError` with every fault."""
    faults: list[str] = []
    secrets = _read_secret_files(faults)
    try:
        settings = Settings(**secrets)
    except ValidationError as error:
        faults += [
            f"{PREFIX}{'_'.join(map(str, fault['loc'])).upper()}: {wrong(fault)}"
            for fault in error.errors()
        ]
    else:
        faults += settings.kafka.faults()
        written = {
            "META_APPS": settings.meta_app_list,
            "EVENTS_TOKENS": settings.senders,
        }
        for name, read in written.items():
            try:
                read()
            except ValueError as error:
                faults += [
                    f"{PREFIX}{name}: {line}" for line in str(error).splitlines()
                ]
        if settings.min_insync_replicas > settings.replication:
            faults.append(
                f"{PREFIX}MIN_INSYNC_REPLICAS is more than {PREFIX}REPLICATION"
            )
    if faults:
        # Outside the `except`: pydantic's own text quotes what it was given.
        raise SettingsError("\n".join(faults))
    return settings


def _read_secret_files(faults: list[str]) -> dict[str, Any]:
    """The secrets given as files: an empty one is "not set", a missing one a fault."""
    found: dict[str, Any] = {}
    for name, field in Settings.model_fields.items():
        variable = PREFIX + name.upper()
        path = os.environ.get(f"{variable}_FILE")
        if not path or field.annotation != SecretStr | None:
            continue
        if os.environ.get(variable):
            faults.append(f"{variable} and {variable}_FILE are both set")
            continue
        try:
            text = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            faults.append(f"{variable}_FILE: {error.strerror}: {path}")
            continue
        if text:
            found[name] = text
    return found
