"""What Redis and Slack say, and what the doctor says of it."""

import pytest
from redis.exceptions import AuthenticationError, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError

from alerts.diagnosis import (
    RedisAddress,
    judge_channels,
    judge_redis,
    judge_redis_failure,
    judge_slack,
    mend,
)
from alerts.failure import FailureReason, SinkFailure
from alerts.slack.failures import SlackFailure
from stream.doctor.check import Mark, ok

ADDRESS = RedisAddress("cache", 6380)
GOOD = {
    "redis_version": "7.0.15",
    "role": "master",
    "aof_enabled": 1,
    "aof_last_write_status": "ok",
    "maxmemory_policy": "noeviction",
}
REDIS = {
    "nothing is kept": (
        {"aof_enabled": 0},
        (Mark.WARN, "appendonly is off", "CONFIG SET appendonly yes"),
    ),
    "its disk is full": (
        {"aof_last_write_status": "err"},
        (Mark.FAIL, "it cannot write its file", "disk full"),
    ),
    "it evicts": (
        {"maxmemory_policy": "allkeys-lru"},
        (Mark.WARN, "allkeys-lru", "CONFIG SET maxmemory-policy noeviction"),
    ),
    "it is a copy": (
        {"role": "slave"},
        (Mark.FAIL, "cache:6380 is a replica", "name the primary"),
    ),
}


def test_a_good_redis_is_one_line():
    """Its address and version; nothing else of the URL."""
    assert judge_redis(GOOD, ADDRESS) == [
        ok("redis", "cache:6380 is Redis 7.0.15, appendonly, noeviction")
    ]


@pytest.mark.parametrize(("changed", "expected"), REDIS.values(), ids=REDIS.keys())
def test_a_redis_that_may_lose_something(changed, expected):
    """Each fault is its own line with the command that mends it."""
    mark, said, mend = expected
    (finding,) = judge_redis(GOOD | changed, ADDRESS)

    assert finding.mark is mark
    assert said in finding.found
    assert mend in finding.remedy[0]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            RedisConnectionError("Error 111"),
            "no connection to cache:6380: ConnectionError",
        ),
        (TimeoutError(), "no connection to cache:6380: TimeoutError"),
        (AuthenticationError("hush"), "cache:6380 does not take this user"),
        (ResponseError("LOADING Redis is"), "cache:6380 refuses: LOADING"),
    ],
)
def test_a_redis_that_does_not_answer(error, said):
    """The kinds are told apart, and the setting is named."""
    finding = judge_redis_failure(error, ADDRESS)

    assert finding.found.startswith(said)
    assert "REPLYCLOCK_REDIS_URL" in str(finding.remedy)
    assert "hush" not in str(finding)


@pytest.mark.parametrize(
    ("reason", "mark", "said"),
    [
        (FailureReason.RATE_LIMITED, Mark.WARN, "asks us to wait"),
        (FailureReason.NETWORK, Mark.FAIL, "no answer: network: X"),
        (FailureReason.TIMEOUT, Mark.FAIL, "no answer: timeout: X"),
        (FailureReason.SERVER, Mark.FAIL, "no answer: server: X"),
        (FailureReason.TOKEN, Mark.FAIL, "does not take our token: X"),
    ],
)
def test_a_slack_that_does_not_take_us(reason, mark, said):
    """Slack's absence and a wrong token are different lines."""
    finding = judge_slack(SlackFailure(reason, "X"))

    assert (finding.mark, finding.found) == (mark, said)
    assert finding.remedy


@pytest.mark.parametrize(
    ("reason", "detail", "mark", "mend"),
    [
        (FailureReason.CHANNEL, "not_in_channel", Mark.FAIL, "/invite"),
        (FailureReason.CHANNEL, "channel_not_found", Mark.FAIL, "alerts.receivers"),
        (FailureReason.TOKEN, "missing_scope", Mark.FAIL, "manifest.yaml"),
        (FailureReason.RATE_LIMITED, "ratelimited", Mark.WARN, "in a minute"),
    ],
)
def test_a_channel_that_is_closed_to_us(reason, detail, mark, mend):
    """It is named with Slack's own word; the good ones are not."""
    failures = {"C0A": SlackFailure(reason, detail)}
    (finding,) = judge_channels(["C0A", "C0B"], failures)

    assert (finding.mark, finding.found) == (mark, f"C0A: {detail}")
    assert mend in finding.remedy[0]


@pytest.mark.parametrize("reason", FailureReason)
def test_each_reason_has_something_to_do(reason):
    """None is left to whoever reads it at night."""
    assert mend(SlackFailure(reason, "X"))
    assert mend(SinkFailure(reason, "X"))


def test_open_channels_are_one_line():
    """All that the receivers name."""
    assert judge_channels(["C0A", "C0B"], {}) == [
        ok("slack channels", "we may read C0A, C0B")
    ]
