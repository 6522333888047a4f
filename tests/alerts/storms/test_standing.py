"""The gauges of lists and mutes, by what Redis has, in every process alike."""

from collections.abc import Awaitable, Callable

import pytest

from alerts.delivery import wall_ms
from alerts.presses.press import Press, PressKind
from stream.sla.instants import HOUR, MINUTE
from tests.alerts.conftest import config_of, eventually
from tests.alerts.storms.conftest import QUICK, STORM, Storming
from tests.alerts.storms.test_closed_hours import NIGHT

pytestmark = pytest.mark.broker


def shows(
    storming: Storming, name: str, **wanted: int
) -> Callable[[], Awaitable[bool]]:
    """Whether the gauge `name` has these values, by its label."""
    label = {"storms": "kind", "queue_muted": "queue"}[name]
    read = storming.metrics.registry.get_sample_value

    async def does() -> bool:
        found = {each: read(f"replyclock_{name}", {label: each}) for each in wanted}
        return found == wanted

    return does


async def test_a_storm_is_open_until_nobody_waits(storming: Storming) -> None:
    """While it grows, and after it is over as long as somebody in its list waits."""
    cycles, facts = storming.broken(6)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await eventually(shows(storming, "storms", storm=1, downtime=0, opening=0))
        storming.ahead += 61_000  # nothing arrives any more
        await storming.tell(*(cycle.answered() for cycle in cycles[:-1]))
        await storming.settled()

        async def is_calm() -> bool:
            return not (await storming.lists.outlook("sales-slack")).outlook.stormy

        await eventually(is_calm)
        assert (await storming.lists.open_now())["storm"] == 1
        await storming.tell(cycles[-1].answered())
        await eventually(shows(storming, "storms", storm=0, downtime=0, opening=0))


async def test_what_is_found_after_a_downtime_is_one(storming: Storming) -> None:
    """By its cause, not as a storm."""
    _, facts = storming.broken(6, late=20)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await eventually(shows(storming, "storms", storm=0, downtime=1))


async def test_closed_hours_have_a_list_until_the_opening(storming: Storming) -> None:
    """Of each receiver that was to be told something; then it is an open list no more.

    What waits in it is told and counted like any other.
    """
    receivers = {"sales-slack": {"slack": {"channel": "C0SALES"}, "calendar": "office"}}
    routes = [{"to": "sales-slack"}]
    storming.config = config_of(storm=STORM, receivers=receivers, routes=routes)
    storming.ahead = NIGHT - wall_ms()
    _, facts = storming.broken(1)
    async with storming.running(**QUICK):
        await storming.tell(*facts)
        await eventually(shows(storming, "storms", opening=1, storm=0))
        storming.ahead += 6 * HOUR
        await eventually(shows(storming, "storms", opening=0, storm=0))


async def test_a_mute_is_shown_until_it_ends(storming: Storming) -> None:
    """By itself, or undone; a queue that nobody muted is 0."""
    storming.metrics.presses.take(["sales", "support"])
    mutes, now = storming.ledger.mutes, storming.now()
    press = Press(
        press_id="m", kind=PressKind.MUTE, by="U0ANA", at=now, until=now + 30 * MINUTE
    )
    async with storming.running(**QUICK):
        await mutes.take("sales", press)
        await eventually(shows(storming, "queue_muted", sales=1, support=0))
        storming.ahead += HOUR
        await eventually(shows(storming, "queue_muted", sales=0, support=0))
