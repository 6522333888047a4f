"""What Redis and Slack said, judged. Pure; no password, token or name is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import RedisDsn
from redis.exceptions import AuthenticationError, NoPermissionError, ResponseError

from alerts.failure import FOR_NOW, FailureReason, SinkFailure
from alerts.presses.handling import is_muted
from alerts.presses.press import Press
from alerts.slack.failures import SlackFailure
from stream.doctor.check import Finding, fail, ok, warn
from stream.sla.instants import rfc3339

REDIS, SLACK, SINKS = "redis", "slack", "sinks"
MUTED = "muted queues"
_CHANNELS = "slack channels"
_WHERE = "see REPLYCLOCK_REDIS_URL"


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """Of the URL only what may be shown."""

    host: str
    port: int

    @classmethod
    def of(cls, url: RedisDsn) -> "RedisAddress":
        """The address in `REPLYCLOCK_REDIS_URL`."""
        return cls(url.host or "127.0.0.1", url.port or 6379)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    def cli(self, words: str) -> str:
        """Redis's own command; it asks for a password by itself (`--askpass`)."""
        return f"redis-cli -h {self.host} -p {self.port} {words}"


def judge_redis(info: Mapping[str, Any], address: RedisAddress) -> list[Finding]:
    """Of what `INFO` says: who it is, and whether it keeps what it took."""
    findings = []
    if info.get("role") == "slave":
        said = f"{address} is a replica: it takes no writes"
        findings.append(fail(REDIS, said, f"{_WHERE}: name the primary"))
    if not info.get("aof_enabled"):
        findings.append(
            warn(
                REDIS,
                "appendonly is off: a crash forgets which alerts were posted",
                address.cli("CONFIG SET appendonly yes"),
                address.cli("CONFIG REWRITE"),
            )
        )
    elif info.get("aof_last_write_status", "ok") != "ok":
        said = "it cannot write its file: what it takes is not kept"
        findings.append(fail(REDIS, said, "is its disk full? see its log"))
    evicts = str(info.get("maxmemory_policy", "noeviction"))
    if evicts != "noeviction":
        findings.append(
            warn(
                REDIS,
                f"maxmemory-policy is {evicts}: full, it throws alerts away unsaid",
                address.cli("CONFIG SET maxmemory-policy noeviction"),
                address.cli("CONFIG REWRITE"),
            )
        )
    said = f"{address} is Redis {info.get('redis_version', '?')}"
    return findings or [ok(REDIS, f"{said}, appendonly, noeviction")]


def judge_redis_failure(error: Exception, address: RedisAddress) -> Finding:
    match error:
        case AuthenticationError() | NoPermissionError():
            said = f"{address} does not take this user and password, or not for this"
            return fail(REDIS, said, _WHERE)
        case ResponseError():
            said = f"{address} refuses: {str(error).partition(' ')[0]}"
            return fail(REDIS, said, _WHERE, address.cli("PING"))
        case _:
            said = f"no connection to {address}: {type(error).__name__}"
            mend = f"is it running, and is it there? {_WHERE}"
            return fail(REDIS, said, mend, address.cli("PING"))


_ANSWERS = "see REPLYCLOCK_SLACK_API_URL, HTTPS_PROXY, and status.slack.com"
_MENDS = {
    FailureReason.RATE_LIMITED: "ask again in a minute",
    FailureReason.NETWORK: _ANSWERS,
    FailureReason.TIMEOUT: _ANSWERS,
    FailureReason.SERVER: _ANSWERS,
    FailureReason.REDIRECT: _ANSWERS,
    FailureReason.TOKEN: (
        "see REPLYCLOCK_SLACK_BOT_TOKEN: the app's page, OAuth & Permissions"
    ),
    FailureReason.CHANNEL: (
        "see alerts.receivers of the config; a private channel: invite us"
    ),
    FailureReason.MESSAGE: "see that word at docs.slack.dev, Errors of the method",
    FailureReason.GONE: (
        "was it deleted? else see who may edit, in the workspace's settings"
    ),
}
_MENDS_OF_WORDS = {
    "not_in_channel": "in that channel type: /invite @<our app>",
    "missing_scope": (
        "the app needs the scopes of alerts/slack/manifest.yaml: paste it anew into"
        " App Manifest, and reinstall the app"
    ),
}
"""Where Slack's own word says more than the reason."""


_MENDS_OF_OTHERS = {
    FailureReason.RATE_LIMITED: "ask again in a minute",
    FailureReason.NETWORK: "is it running, and is the address right? see HTTPS_PROXY",
    FailureReason.TIMEOUT: "is it running, and is the address right? see HTTPS_PROXY",
    FailureReason.SERVER: "see its own log",
    FailureReason.TOKEN: "see REPLYCLOCK_SINK_... of its receiver in docs/sinks.md",
    FailureReason.CHANNEL: "is the address right? see its own log",
    FailureReason.REDIRECT: "set the address that it leads to, if it is yours",
    FailureReason.MESSAGE: "see its own log, and docs/webhook.schema.json",
    FailureReason.GONE: "see its own log",
}


def mend(failure: SinkFailure) -> str:
    """What to do about a failure of a sink."""
    if failure.retry_after is not None:
        return f"ask again in {failure.retry_after:.0f} s"
    if not isinstance(failure, SlackFailure):
        return _MENDS_OF_OTHERS[failure.reason]
    word = failure.detail.rpartition(" ")[2]
    return _MENDS_OF_WORDS.get(word) or _MENDS[failure.reason]


def judge_slack(failure: SlackFailure) -> Finding:
    """Of `auth.test`."""
    match failure.reason:
        case FailureReason.RATE_LIMITED:
            return warn(SLACK, "asks us to wait", mend(failure))
        case FailureReason.NETWORK | FailureReason.TIMEOUT | FailureReason.SERVER:
            return fail(SLACK, f"no answer: {failure}", mend(failure))
        case _:
            said = f"does not take our token: {failure.detail}"
            return fail(SLACK, said, mend(failure))


def judge_sinks(found: Mapping[str, SinkFailure | None]) -> list[Finding]:
    """Of looking at each sink that is not Slack, by what it is called."""
    return [
        ok(SINKS, f"{name} is there")
        if failure is None
        else fail(SINKS, f"{name}: {failure.detail}", mend(failure))
        for name, failure in found.items()
    ]


def judge_channels(
    channels: Sequence[str], failures: Mapping[str, SlackFailure]
) -> list[Finding]:
    """Of reading each receiver's channel."""
    findings = [
        (warn if failure.reason in FOR_NOW else fail)(
            _CHANNELS, f"{channel}: {failure.detail}", mend(failure)
        )
        for channel, failure in failures.items()
    ]
    return findings or [ok(_CHANNELS, f"we may read {', '.join(channels)}")]


def judge_mutes(mutes: Mapping[str, Press], now: int) -> list[Finding]:
    """Which queues nothing is told of at `now`, by whom, until when and why."""
    return [
        warn(
            MUTED,
            f"{queue}, until {rfc3339(p.until or now)}, by {p.by}: {p.reason}",
            "its breaches are told then; or press Unmute queue on one of its messages",
        )
        for queue, p in sorted(mutes.items())
        if is_muted(p, now)
    ]
