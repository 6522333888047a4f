"""What delivery looks at for `replyclock doctor`: Redis, Slack, other sinks, a key."""

import asyncio
import time
from collections.abc import Sequence

from redis.exceptions import NoPermissionError, RedisError

from alerts.connection import connect
from alerts.customer import Shown
from alerts.diagnosis import (
    REDIS,
    SINKS,
    SLACK,
    RedisAddress,
    judge_channels,
    judge_mutes,
    judge_redis,
    judge_redis_failure,
    judge_sinks,
    judge_slack,
)
from alerts.failure import SinkFailure
from alerts.inbox.examining import PRESSES, PressesCheck
from alerts.ledger import Ledger
from alerts.monitor import ALERTMANAGER, MonitorCheck
from alerts.sinks.place import said_of
from alerts.sinks.sinks import Sinks
from alerts.sinks.slack import SlackSink
from alerts.slack.client import Slack
from alerts.slack.failures import SlackFailure
from stream.config import Config
from stream.doctor.check import Check, Finding, ok, skip, warn
from stream.doctor.clocks import judge_clock
from stream.process.settings import Settings

CUSTOMERS = "customers"
_NO_CONFIG = "the config could not be read"
_SLACK_SECONDS = 4.0


def checks(settings: Settings, config: Config | None) -> Sequence[Check]:
    """The entry point; `config` is None when it could not be read."""
    slack = SlackChecks(settings, config)
    return [
        Check(name=REDIS, look=RedisChecks(settings).look),
        Check(name=SLACK, look=slack.token),
        *([] if slack.is_mute else [slack.channels_check(), _presses(settings)]),
        *SinksCheck(config).checks(),
        Check(name=ALERTMANAGER, look=MonitorCheck(settings, config).look),
        Check(name=CUSTOMERS, look=CustomersCheck(settings, config).look),
    ]


def _presses(settings: Settings) -> Check:
    return Check(name=PRESSES, look=PressesCheck(settings).look)


class RedisChecks:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._address = RedisAddress.of(settings.redis_url)

    async def look(self) -> Sequence[Finding]:
        try:
            async with connect(self._settings) as redis:
                # The connection is made here, not between the two looks at the clock.
                await redis.ping()
                asked = _now()
                seconds, micros = await redis.time()
                answered = _now()
                try:
                    info = await redis.info()
                except NoPermissionError:
                    said = "this user may not run INFO: persistence is unknown"
                    found = [skip(REDIS, said, "ACL SETUSER <user> +info")]
                else:
                    found = judge_redis(info, self._address)
                mutes = await Ledger(redis, self._settings.topic_prefix).mutes.all()
        except (RedisError, OSError) as error:
            return [judge_redis_failure(error, self._address)]
        told = seconds * 1000 + micros // 1000
        clock = judge_clock("redis clock", asked=asked, told=told, answered=answered)
        return [*found, clock, *judge_mutes(mutes, _now())]


class SlackChecks:
    def __init__(self, settings: Settings, config: Config | None) -> None:
        token = settings.slack_bot_token
        self._token = token.get_secret_value() if token else ""
        self._url = settings.slack_api_url
        self._receivers = config.alerts.receivers if config else {}

    @property
    def is_mute(self) -> bool:
        """Without a token there is nothing more to ask."""
        return not self._token

    def channels_check(self) -> Check:
        return Check(name="slack channels", look=self._channels, needs=SLACK)

    async def token(self) -> Sequence[Finding]:
        if self.is_mute:
            mend = "set it, or REPLYCLOCK_SLACK_BOT_TOKEN_FILE, for replyclock alerts"
            return [warn(SLACK, "REPLYCLOCK_SLACK_BOT_TOKEN is not set here", mend)]
        async with Slack(self._token, self._url, _SLACK_SECONDS) as slack:
            try:
                who = await slack.identify()
            except SlackFailure as failure:
                return [judge_slack(failure)]
        return [ok(SLACK, f"takes our token: {who}")]

    async def _channels(self) -> Sequence[Finding]:
        """Read as a restarted process would: that needs no more than posting does."""
        channels = sorted({r.place for r in self._receivers.values() if r.slack})
        if not channels:
            said = "no receiver is there" if self._receivers else _NO_CONFIG
            return [skip("slack channels", said)]
        now = _now() / 1000
        async with Slack(self._token, self._url, _SLACK_SECONDS) as slack:
            asked = [slack.find(channel, "", now) for channel in channels]
            answers = await asyncio.gather(*asked, return_exceptions=True)
        failures: dict[str, SlackFailure] = {}
        for channel, answer in zip(channels, answers, strict=True):
            if isinstance(answer, SlackFailure):
                failures[channel] = answer
            elif isinstance(answer, BaseException):
                raise answer
        return judge_channels(channels, failures)


class SinksCheck:
    """The ways out that are not Slack; they are told nothing."""

    def __init__(self, config: Config | None) -> None:
        receivers = config.alerts.receivers.values() if config else ()
        self._places = sorted({r.place for r in receivers if r.slack is None})

    def checks(self) -> Sequence[Check]:
        """None where there is no such sink."""
        return [Check(name=SINKS, look=self._look)] if self._places else []

    async def _look(self) -> Sequence[Finding]:
        slack = SlackSink(Slack("", ""))
        shown, seconds = (lambda _: Shown()), _SLACK_SECONDS
        async with Sinks(slack, shown=shown, now=_now, seconds=seconds) as sinks:
            looks = [self._look_at(sinks, place) for place in self._places]
            answers = await asyncio.gather(*looks)
        names = map(said_of, self._places)
        return judge_sinks(dict(zip(names, answers, strict=True)))

    async def _look_at(self, sinks: Sinks, place: str) -> SinkFailure | None:
        try:
            await sinks.other(place).look()
        except SinkFailure as failure:
            return failure
        return None


class CustomersCheck:
    """Says something only where the rules file wants what nobody here can open."""

    def __init__(self, settings: Settings, config: Config | None) -> None:
        self._has_key = settings.contact_key is not None
        self._is_shown = config is not None and (
            config.alerts.show_customer != "none"
            or any("{number}" in (queue.link or "") for queue in config.queues.values())
        )

    async def look(self) -> Sequence[Finding]:
        if self._has_key or not self._is_shown:
            return []
        said = "alerts are to say who waits, and REPLYCLOCK_CONTACT_KEY is not set here"
        return [warn(CUSTOMERS, said, "give it intake's, also as _FILE")]


def _now() -> int:
    return time.time_ns() // 1_000_000
