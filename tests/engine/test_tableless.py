"""An app without a table (alerts): the same promises about its batches."""

import signal
from collections import Counter

import pytest

pytestmark = pytest.mark.broker

_EVENTS = 24_000


async def test_sigterm_in_a_backlog(engine):
    """A stopped worker commits what it did, and its successor goes on there."""
    await engine.create()
    await engine.send(_EVENTS)
    first = await engine.start(tableless=1, pause=0.05)
    await first.until(lambda _: first.handled() > _EVENTS / 4)
    assert await first.end(signal.SIGTERM) == 0
    assert first.handled() < _EVENTS, "the stop came too late to prove anything"
    second = await engine.start(tableless=1)
    await engine.caught_up(second)
    assert first.handled() + second.handled() == _EVENTS
    answers = await engine.read(engine.prefix + "answers")
    assert Counter(key for _, key, _ in answers) == engine.sent


async def test_join_and_failing_callback(engine):
    """A second worker takes half; a callback that fails on the loss is a crash."""
    await engine.create()
    first = await engine.start(tableless=1, fail_on_lost=1)
    await first.until(lambda _: bool(first.did("restored")))
    second = await engine.start(tableless=1)
    assert await first.end() == 1
    assert "told to fail" in first.log.read_text()
    await engine.send(400)
    await engine.caught_up(second)
    assert second.handled() == 400
