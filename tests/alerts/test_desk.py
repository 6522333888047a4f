"""What Slack is told of an alert, a queue, a conversation."""

from collections.abc import Callable

import pytest

from alerts.alert import alert_key
from alerts.customer import Shown
from alerts.desk import FORGOTTEN, LedgerDesk
from alerts.ledger import Ledger
from alerts.notice import key_of
from stream.config import Config
from stream.sla.facts import Fact, Measure
from stream.sla.instants import MINUTE, parse_rfc3339
from tests.alerts.cycles import Cycle

pytestmark = pytest.mark.broker

CONFIG = Config.model_validate(
    {
        "version": 1,
        "timezone": "Europe/Lisbon",
        "calendars": {
            "office": {
                "timezone": "Europe/Budapest",
                "week": {"mon-fri": ["09:00-17:00"]},
            },
            "always": "open",
        },
        "queues": {
            "sales": {"accounts": ["whatsapp:1"], "calendar": "office"},
            "support": {"accounts": ["whatsapp:2"], "calendar": "always"},
            "ops": {"accounts": ["whatsapp:3"]},
        },
        "policies": [{"name": "all", "targets": {"first_reply": "15m"}}],
        "alerts": {
            "routes": [{"to": "slack"}],
            "receivers": {"slack": {"slack": {"channel": "C0OPS"}}},
        },
    }
)
FRIDAY = parse_rfc3339("2026-11-27T10:00:00Z")


@pytest.fixture
def desk(ledger: Ledger) -> LedgerDesk:
    return LedgerDesk(ledger, CONFIG, lambda _: Shown())


async def waits(ledger: Ledger, *facts: Fact) -> None:
    """What the process does with facts, before it says anything to Slack."""
    await ledger.want([(fact, n) for n, fact in enumerate(facts)])
    keys = {alert_key(fact) for fact in facts}
    await ledger.waiting.place(await ledger.entries(sorted(keys)))


async def known(ledger: Ledger, queue: str) -> str:
    fact = Cycle("a", queue=queue).breached()
    await ledger.want([(fact, 0)])
    return alert_key(fact)


async def test_the_next_opening_is_of_the_queue(
    desk: LedgerDesk, ledger: Ledger
) -> None:
    """Pressed while it is open, it is the next one after; of an escalation, too."""
    key = await known(ledger, "sales")
    monday = parse_rfc3339("2026-11-30T09:00:00+01:00")
    assert await desk.opens(key, FRIDAY) == monday
    assert await desk.opens(key_of(key, "to:team-lead"), FRIDAY) == monday
    assert await desk.zone(key) == "Europe/Budapest"


@pytest.mark.parametrize("queue", ["support", "ops"])
async def test_a_queue_that_never_opens_anew(
    desk: LedgerDesk, ledger: Ledger, queue: str
) -> None:
    """Always open, or nobody said when: the config's own time zone, no opening."""
    key = await known(ledger, queue)
    assert await desk.opens(key, FRIDAY) is None
    assert await desk.zone(key) == "Europe/Lisbon"


async def test_details(desk: LedgerDesk, ledger: Ledger) -> None:
    """What does not stand on the message; also when the alert is forgotten."""
    said = await desk.details(await known(ledger, "sales"))
    assert "Policy *" in said
    assert "replyclock explain" in said
    for key in ("0" * 32, "storm:1"):
        assert await desk.details(key) == FORGOTTEN
        assert await desk.opens(key, FRIDAY) is None


async def test_two_promises_of_one_conversation_are_one_wait(
    desk: LedgerDesk, ledger: Ledger, minutes_ago: Callable[[float], int]
) -> None:
    """By the more overdue of the two, in whatever order they are found."""
    start = minutes_ago(90)
    facts = [
        Cycle("a", start=start + n * MINUTE, measure=measure).breached()
        for n, measure in enumerate(Measure)
    ]
    await waits(ledger, *facts)
    [waiter] = await desk.waiting(None)
    assert waiter.deadline == facts[0].at


async def test_who_it_is_is_said_as_on_the_alerts(
    ledger: Ledger, minutes_ago: Callable[[float], int]
) -> None:
    """And where the queue's link leads; what a fact brings goes before."""
    shown = Shown(customer="Ana …2222", link="https://d.example/2222")
    desk = LedgerDesk(ledger, CONFIG, lambda _: shown)
    await waits(ledger, Cycle("a", start=minutes_ago(90)).breached())
    [waiter] = await desk.waiting(None)
    assert (waiter.customer, waiter.link) == (shown.customer, shown.link)


async def test_who_waits(
    desk: LedgerDesk, ledger: Ledger, minutes_ago: Callable[[float], int]
) -> None:
    """Whose wait is open, once each, the most overdue first; of one queue, or all."""
    late = Cycle("late", start=minutes_ago(90), queue="sales")
    later = Cycle("later", start=minutes_ago(40), queue="sales")
    other = Cycle("other", start=minutes_ago(60), queue="support")
    over = Cycle("over", start=minutes_ago(70), queue="sales")
    facts = [each.breached() for each in (later, late, other, over)]
    await waits(ledger, *facts)
    await ledger.want([(over.answered(), 0)])  # the index learns of it later

    def named(cycles: list[Cycle]) -> list[str]:
        return [each.breached().conversation_id for each in cycles]

    everybody = await desk.waiting(None)
    assert [each.conversation for each in everybody] == named([late, other, later])
    of_sales = await desk.waiting("sales")
    assert [each.conversation for each in of_sales] == named([late, later])
    assert await desk.waiting("nobody") == []
