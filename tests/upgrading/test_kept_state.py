"""An upgrade in the middle of traffic: today's code goes on from what was left."""

from collections import Counter
from pathlib import Path

import pytest
from redis.asyncio import Redis

from alerts.alert import alert_key, concerns_alerts
from alerts.ledger import Ledger
from stream.config import parse_config
from stream.records import encode_event, encode_fact
from stream.replay.replay import Replay
from stream.sla.clock import Clock
from stream.sla.facts import Fact, FactKind, Measure
from stream.worker.table import decode_state
from tests.upgrading.kept import END, KEPT, UPGRADED_AT, Kept, told_until, upgraded

_BESIDE = {FactKind.SURVEYED, FactKind.PURCHASED}
_KINDS_SINCE = {"0.1.0": _BESIDE, "0.2.0": _BESIDE}
"""Those that a release did not know."""
RELEASES = sorted(path.name for path in KEPT.iterdir())


@pytest.fixture(params=RELEASES)
def kept(request: pytest.FixtureRequest) -> Kept:
    return Kept(Path(KEPT, request.param))


def counted(facts: list[Fact]) -> Counter[bytes]:
    return Counter(map(encode_fact, facts))


def clocks_of(kept: Kept) -> list[Clock]:
    states = [decode_state(state).conversation for state in kept.states.values()]
    return [c for state in states for session in state.told for c in session.clocks]


def test_every_kind_of_clock_is_kept(kept):
    """A clock of each measure runs at the upgrade; all kinds of facts come after."""
    clocks = clocks_of(kept)
    after = kept.facts[len(told_until(kept.facts, UPGRADED_AT)) :]

    assert {c.measure for c in clocks if c.over_at is None} == set(Measure)
    since = _KINDS_SINCE.get(kept.folder.name, set())
    assert {fact.kind for fact in after} == set(FactKind) - since
    assert {fact.measure for fact in after} == {None, *Measure}


async def test_a_worker_goes_on_from_what_the_release_left(kept):
    """It restores the changelog, and tells to the byte what the release would have."""
    course = await upgraded(kept)
    await course.run_until(END)

    before = told_until(kept.facts, UPGRADED_AT)
    assert counted([*before, *course.told]) == counted(kept.facts)


def test_replay_of_all_events_tells_the_same(kept):
    """Whatever was told before the upgrade and after it is what one run tells."""
    replay = Replay(parse_config(kept.rules, "rules.yaml").rules())
    told = [*replay.lines(map(encode_event, kept.events)), *replay.run_until(END)]

    assert counted(told) == counted(kept.facts)


@pytest.mark.broker
async def test_alerts_go_on_from_what_the_release_left(
    kept: Kept, redis_url: str, prefix: str
) -> None:
    """Each alert is what it is to a ledger that heard all of it today.

    What was posted is known, and what somebody took.
    """
    told = [(f, at) for at, f in enumerate(kept.facts) if concerns_alerts(f)]
    keys = sorted({alert_key(fact) for fact, _ in told})
    async with Redis.from_url(redis_url) as redis:
        for words in kept.redis_commands(prefix):
            await redis.execute_command(*words)
        ledger, fresh = Ledger(redis, prefix), Ledger(redis, f"fresh-{prefix}")
        found = await ledger.entries(keys)
        await ledger.want([(f, at) for f, at in told if f.noticed_at > UPGRADED_AT])
        await fresh.want(told)
        ours, theirs = await ledger.entries(keys), await fresh.entries(keys)

    assert [entry.fault for entry in ours] == [None] * len(keys)
    assert [entry.alert for entry in ours] == [entry.alert for entry in theirs]
    assert [entry.ts for entry in ours] == [entry.ts for entry in found]
    assert sum(entry.ts is not None for entry in found) >= 3
    assert sum(entry.handling.taken is not None for entry in ours) == 1
