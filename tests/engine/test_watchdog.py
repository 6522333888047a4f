"""The watchdog: what stands still ends, what moves or waits for nothing does not."""

import asyncio
import signal
import time

import pytest

from stream.engine.elsewhere import Elsewhere
from stream.engine.watchdog import LoopWatch, Stall, Watchdog


class App:
    """What the watchdog asks of an app."""

    stall_after = 10

    def __init__(self):
        self.ready = False
        self.recovery_progress = (0, 0)
        self.waiting = {}
        self.elsewhere = Elsewhere(self)
        self.offsets = {}
        self.open_transaction = False

    def lag(self):
        return self.waiting

    def readable(self):
        return not self.open_transaction

    def applied(self, partition):
        return self.offsets[partition]


def test_a_stall_needs_the_whole_time_without_a_move():
    """Movement, and having nothing to do, start the time anew."""
    stall = Stall(10)
    assert not stall.look(0, pending=True, mark=1)
    assert not stall.look(9, pending=True, mark=1)
    assert not stall.look(11, pending=True, mark=2)
    assert not stall.look(20, pending=False, mark=2)
    assert not stall.look(31, pending=True, mark=2)
    assert stall.look(41, pending=True, mark=2)


def test_a_recovery_that_stands_still():
    """Changelog records that do not come are a reason; a slow recovery is none."""
    app, looks = App(), []
    watchdog = Watchdog(app)
    for now, done in ((0, 5), (9, 6), (18, 7), (27, 7), (29, 7)):
        app.recovery_progress = (done, 100)
        looks.append(watchdog.look(now))
    assert looks[:-1] == [None] * 4
    assert looks[-1] == "recovery stands still at 7 of 100 changelog records"


def test_records_that_wait_and_are_not_applied():
    """Lag that does not move is a reason; an idle partition is none."""
    app = App()
    app.ready = True
    watchdog = Watchdog(app)
    app.waiting, app.offsets = {0: 0, 1: 0}, {0: 7, 1: 9}
    assert [watchdog.look(now) for now in (0, 60)] == [None, None]
    app.waiting = {0: 0, 1: 4}
    assert [watchdog.look(now) for now in (70, 79)] == [None, None]
    assert watchdog.look(80) == "4 records wait and none is applied"


def test_records_behind_an_open_transaction_are_no_reason():
    """What a restart would not bring either is waited for; its end starts the time."""
    app = App()
    app.ready, app.open_transaction = True, True
    watchdog = Watchdog(app)
    app.waiting, app.offsets = {1: 4}, {1: 9}
    assert [watchdog.look(now) for now in (0, 60)] == [None, None]
    app.open_transaction = False
    assert [watchdog.look(now) for now in (61, 70)] == [None, None]
    assert watchdog.look(71) == "4 records wait and none is applied"


def test_who_waits_for_another_does_not_stand_still():
    """Redis is away: no restart brings it back, and the records are not to blame."""
    app = App()
    app.ready = True
    watchdog = Watchdog(app)
    app.waiting, app.offsets = {0: 4}, {0: 7}
    with app.elsewhere.waiting():
        assert [watchdog.look(now) for now in (0, 60)] == [None, None]
    assert [watchdog.look(now) for now in (70, 79)] == [None, None]
    assert watchdog.look(80) == "4 records wait and none is applied"


def test_a_stopped_process_is_no_blocked_loop():
    """After SIGSTOP the thread comes late as well, and the loop gets its turn."""
    now = 0.0
    watch = LoopWatch(10, end=lambda: None, clock=lambda: now)
    for now in range(9):  # noqa: B007  the clock
        assert not watch.look()
    now = 60.0
    assert not watch.look()
    for now in range(61, 70):  # noqa: B007
        assert not watch.look()
    now = 70.0
    assert watch.look()


async def test_a_blocked_loop_is_seen_from_outside():
    """A loop that does not turn ends the process; one that turns does not."""
    ended = []
    watch = LoopWatch(1.5, end=lambda: ended.append(time.monotonic()))
    watching = asyncio.create_task(watch.run())
    await asyncio.sleep(2.5)
    assert ended == []
    time.sleep(3.2)  # noqa: ASYNC251  the block itself
    assert len(ended) == 1
    watching.cancel()


@pytest.mark.broker
async def test_a_handler_that_never_ends(engine):
    """The worker ends with its reason, and a restart takes the records again."""
    await engine.create()
    worker = await engine.start(pause=3600, stall=3)
    await worker.until(lambda _: bool(worker.did("restored")))
    await engine.send(400)
    assert await worker.end() == 1
    assert "records wait and none is applied" in worker.log.read_text()
    again = await engine.start()
    await engine.caught_up(again)
    assert await engine.stored() == engine.sent
    assert await again.end(signal.SIGTERM) == 0
