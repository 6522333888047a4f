"""Notices: what the ledger can tell of an alert, and what it cannot."""

from dataclasses import replace

import pytest

from alerts.alert import Told, alert_key
from alerts.entry import Entry
from alerts.folding import fold
from alerts.ledger import Ledger
from alerts.notices import notices_of, recall
from alerts.presses.handling import handling_of
from alerts.presses.press import Press, PressKind
from stream.config import parse_config
from stream.explain.notice import Notice, NoticeKind, NoticesUnknownError
from stream.process.settings import Settings
from stream.sla.facts import Fact
from stream.sla.instants import HOUR
from tests.alerts.cycles import DEADLINE, NINE, Cycle

CONFIG = parse_config(
    """
version: 1
queues: {sales: {accounts: ["whatsapp:1"]}}
policies: [{name: everyone, targets: {first_reply: 30m}}]
alerts:
  routes: [{match: {queue: sales}, to: sales-slack}, {to: ops-slack}]
  receivers:
    sales-slack: {slack: {channel: C0SALES}}
    ops-slack: {slack: {channel: C0OPS}}
""",
    "test.yaml",
)
CYCLE = Cycle()
BREACH = CYCLE.breached(noticed=2)
POSTED = DEADLINE + 3000


def entry(*facts: Fact, posted: int | None = None, shown: int = -1, **known) -> Entry:
    """The ledger knows `facts`; the message at `posted` shows the first `shown`."""
    told = [Told.of(fact, offset) for offset, fact in enumerate(facts)]
    then = fold(told if shown < 0 else told[:shown])
    if posted is not None:
        known |= {
            "receiver": "sales-slack",
            "channel": "C0SALES",
            "ts": f"{posted // 1000}.{posted % 1000:03}200",
            "shown": then.revision if then else "",
        }
    return Entry(key=alert_key(BREACH), version=1, alert=fold(told), **known)


def told(read: Entry) -> list[tuple[str, int | None, str | None]]:
    notices = notices_of(BREACH, read, CONFIG, BREACH.at)
    for notice in notices:
        assert (notice.measure, notice.cycle) == (BREACH.measure, NINE)
    return [(n.kind.value, n.at, n.says) for n in notices]


def test_an_alert_that_was_sent():
    """When by Slack's clock, to whom, and in which channel."""
    read = entry(BREACH, posted=POSTED)

    assert told(read) == [("sent", POSTED, None)]
    (notice,) = notices_of(BREACH, read, CONFIG, BREACH.at)
    assert (notice.receiver, notice.place) == ("sales-slack", "Slack C0SALES")


def test_an_alert_that_was_edited():
    """What it says now, and since when at the earliest."""
    answer = CYCLE.answered(42)

    assert told(entry(BREACH, answer, posted=POSTED)) == [
        ("sent", POSTED, None),
        ("edited", answer.noticed_at, "answered"),
    ]


def test_a_warning_and_what_came_of_it():
    """Sent as a warning; edited when it was answered, or when it broke."""
    warning = CYCLE.warned()
    posted = {"posted": warning.noticed_at + 500}

    assert told(entry(warning, **posted)) == [("sent", posted["posted"], None)]
    assert told(entry(warning, met := CYCLE.met(29), **posted))[1] == (
        ("edited", met.noticed_at, "met")
    )
    assert told(entry(warning, BREACH, **posted))[1] == (
        ("edited", BREACH.noticed_at, "breached")
    )


def test_an_edit_that_is_not_made_yet():
    """The message does not say what is so: that is not called edited."""
    answer = CYCLE.answered(42)

    assert told(entry(BREACH, answer, posted=POSTED, shown=1)) == [
        ("sent", POSTED, None),
        ("edit_waits", answer.noticed_at, "answered"),
    ]


def test_a_breach_that_came_back():
    """It was edited if it was in the channel before; posted like that, it was not."""
    facts = (BREACH, CYCLE.answered(42), again := CYCLE.taken_back(43))
    after = again.noticed_at + 500

    assert told(entry(*facts, posted=POSTED)) == [
        ("sent", POSTED, None),
        ("edited", again.noticed_at, "breached"),
    ]
    assert told(entry(*facts, posted=after)) == [("sent", after, None)]


def test_slack_has_another_clock():
    """Behind ours it makes no edit of a post; ahead, no edit before its post."""
    early, answer = BREACH.noticed_at - 700, CYCLE.answered(42)
    late = answer.noticed_at + 700

    assert told(entry(BREACH, posted=early)) == [("sent", early, None)]
    assert told(entry(BREACH, answer, posted=late)) == [
        ("sent", late, None),
        ("edited", late, "answered"),
    ]


def test_a_post_without_an_end():
    """Begun, and nobody knows yet: neither sent nor not sent."""
    begun = {"receiver": "sales-slack", "channel": "C0SALES", "intent": POSTED}

    assert told(entry(BREACH, **begun)) == [("unclear", POSTED, None)]
    assert told(entry(BREACH, CYCLE.answered(), **begun))[0][0] == "unclear"


def test_what_was_not_sent():
    """Each reason by its name; what waits says where it will go by today's routes."""
    assert told(entry(BREACH, CYCLE.answered())) == [("over", None, None)]
    late = entry(CYCLE.breached(noticed=3600), CYCLE.answered())
    assert told(late) == [("stale", None, None)]
    listed = replace(entry(BREACH), listed_in="storm:a")
    assert told(listed) == [("listed", None, None)]
    assert told(entry(CYCLE.answered())) == [("unknown", None, None)]
    assert told(Entry(key=alert_key(BREACH))) == [("unknown", None, None)]
    (waits,) = notices_of(BREACH, entry(BREACH), CONFIG, BREACH.at)
    assert (waits.kind, waits.at) == ("waits", None)
    assert (waits.receiver, waits.place) == ("sales-slack", "Slack C0SALES")


@pytest.mark.broker
async def test_what_the_ledger_remembers(
    ledger: Ledger, redis_url: str, prefix: str
) -> None:
    """Read from Redis by the conversation's facts, and nothing there is changed."""
    other = Cycle(start=NINE + HOUR)
    shadow = Cycle(start=NINE + 2 * HOUR, shadow=True)
    key = alert_key(BREACH)
    await ledger.want([(BREACH, 1)])
    [read] = await ledger.entries([key])
    await ledger.leases.take(key, "me", 10_000)
    await ledger.begin(read, "me", receiver="r", channel="C1", now=POSTED)
    assert read.alert is not None
    ts = f"{POSTED / 1000:.6f}"
    await ledger.record(read, "me", ts=ts, shown=read.alert.revision, done=True, now=1)
    before = await ledger.entries([key])
    settings = Settings(redis_url=redis_url, topic_prefix=prefix)  # type: ignore[arg-type]
    facts = [CYCLE.met(), BREACH, other.breached(), shadow.breached()]
    found = await recall(settings, CONFIG, facts)

    assert await ledger.entries([key]) == before
    assert [(n.kind.value, n.cycle, n.at) for n in found] == [
        ("sent", NINE, POSTED),
        ("unknown", other.start, None),
    ]
    assert (found[0].receiver, found[0].place) == ("r", "Slack C1")


async def test_redis_is_away() -> None:
    """It is said, without the password; and not asked when nothing was breached."""
    settings = Settings(redis_url="redis://us:hush-9931@127.0.0.1:9/0")  # type: ignore[arg-type]
    none: list[Notice] = await recall(settings, CONFIG, [CYCLE.met()])

    assert none == []
    with pytest.raises(NoticesUnknownError) as said:
        await recall(settings, CONFIG, [BREACH])
    assert str(said.value).startswith("redis: no connection to 127.0.0.1:9")
    assert "hush" not in str(said.value)


@pytest.mark.broker
async def test_an_escalation_is_a_notice_of_its_own(
    ledger: Ledger, redis_url: str, prefix: str
) -> None:
    """Who else is to be told, and where, after the first."""
    await ledger.want([(BREACH, 1), (escalated := CYCLE.escalated(40, "ops-slack"), 2)])
    settings = Settings(redis_url=redis_url, topic_prefix=prefix)  # type: ignore[arg-type]
    found = await recall(settings, CONFIG, [BREACH, escalated])

    assert [(n.kind.value, n.receiver, n.place) for n in found] == [
        ("waits", "sales-slack", "Slack C0SALES"),
        ("waits", "ops-slack", "Slack C0OPS"),
    ]


@pytest.mark.broker
async def test_a_warning_that_nobody_was_told_is_no_notice(
    redis_url: str, prefix: str
) -> None:
    """The ledger knows nothing of it; of a breach that would be said."""
    settings = Settings(redis_url=redis_url, topic_prefix=prefix)  # type: ignore[arg-type]

    assert await recall(settings, CONFIG, [CYCLE.warned()]) == []
    assert len(await recall(settings, CONFIG, [CYCLE.warned(), BREACH])) == 1


def test_what_somebody_has_is_kept_back():
    """A muted alert waits; a message that shows who has it shows all."""
    mute = Press(press_id="1", kind=PressKind.MUTE, by="U0ANA", at=0)
    (waits,) = notices_of(BREACH, entry(BREACH, mute=mute), CONFIG, BREACH.at)
    assert waits.kind is NoticeKind.WAITS

    handling = handling_of([replace(mute, kind=PressKind.TAKE)])
    read = entry(BREACH, posted=POSTED, handling=handling)
    shown = replace(read, shown=read.revision(BREACH.at))
    assert told(read)[-1][0] == "edit_waits"
    assert told(shown) == [("sent", POSTED, None)]
