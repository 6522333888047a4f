"""What a digest says, read aloud."""

import re
from collections import Counter
from datetime import date
from typing import Any

from alerts.digests.counted import QueueFigures, Waiting
from alerts.digests.message import MOST, Digest, digesting
from dev.slack.rules import TEXT_LIMIT, check_content
from stream.sla.facts import Measure
from stream.sla.instants import HOUR, MINUTE, parse_rfc3339

MORNING = parse_rfc3339("2026-11-26T08:45:00Z")
SALES = QueueFigures(
    212, Counter({Measure.FIRST_REPLY: 8, Measure.RESOLUTION: 4}), 130 * MINUTE
)
SALES_SAID = (
    "• *sales*: 12 of 224 promises broken (5.4%): 8 first reply, 4 resolution"
    " · longest wait 2 h 10 min"
)
ALIVE = "Alive since 2026-11-24 06:45 · last fact 2026-11-26 08:36"
SUPPORT = QueueFigures(19, longest=8 * MINUTE)


def said(day: date = date(2026, 11, 26), **changed: Any) -> list[str]:
    """The lines of its blocks, instants as programs without a zone show them."""
    known: dict[str, Any] = {
        "yesterday": {"support": SUPPORT, "website": QueueFigures(), "sales": SALES},
        "waiting": {"sales": Waiting(3, MORNING - 20 * HOUR)},
        "up_since": MORNING - 50 * HOUR,
        "last": MORNING - 9 * MINUTE,
        "kept_since": MORNING - 100 * HOUR,
    }
    message = digesting(Digest(day=day, **(known | changed)))
    check_content(message.text, message.blocks, text_limit=TEXT_LIMIT)
    texts = [each.get("text") or each["elements"][0] for each in message.blocks]
    shown = [re.sub(r"<!date[^|]*\|([^>]*):00 UTC>", r"\1", t["text"]) for t in texts]
    return [line for text in shown for line in text.split("\n")]


def test_it_is_read_in_ten_seconds() -> None:
    """First where people wait; the title says the sum; what was calm is one line."""
    assert said() == [
        "🔵 Yesterday, Wed 25 Nov: 12 of 243 promises broken (4.9%), 3 still wait",
        f"{SALES_SAID} · *3 still wait*, since 2026-11-25 12:45",
        "• *support*: all 19 promises kept · longest wait 8 min",
        "Nothing was due in website",
        f"{ALIVE} · facts since 2026-11-22 04:45",
    ]


def test_a_calm_day() -> None:
    """One is one, and nothing is said to be nothing."""
    title, one, *_ = said(
        yesterday={"sales": QueueFigures(1)}, waiting={"sales": Waiting(1, MORNING)}
    )
    assert title == "🔵 Yesterday, Wed 25 Nov: the promise was kept, 1 still waits"
    assert one == (
        "• *sales*: the promise was kept · *1 still waits*, since 2026-11-26 08:45"
    )
    assert said(yesterday={"sales": QueueFigures()}, waiting={})[:2] == [
        "🔵 Yesterday, Wed 25 Nov: no promise was due",
        "Nothing was due.",
    ]


def test_mondays_tell_of_last_week() -> None:
    """And of alerts that nobody acted on: the measure of alert fatigue."""
    lines = said(date(2026, 11, 23), last_week={"sales": SALES}, acted_on=51, ignored=9)

    assert lines[4:7] == [
        "*Last week, Mon 16 Nov to Sun 22 Nov*: 12 of 224 promises broken (5.4%)",
        "Alerts: 51 acted on, 9 ignored (15%)",
        SALES_SAID,
    ]


def test_what_is_wrong_is_said_first() -> None:
    """Late, not whole, noticed late: a number that is not what it seems says so."""
    [*_, alive] = said(late=MORNING, is_cut=True, slowest=38 * MINUTE)

    assert alive == (
        "*Late: it was due 2026-11-26 08:45*"
        " · *Not the whole of it: facts are kept since 2026-11-22 04:45*"
        " · *gap: breaches were noticed up to 38 min late*"
        f" · {ALIVE}"
    )


def test_many_queues_are_summed_up() -> None:
    """The sum of what has no line of its own is there."""
    queues = {f"queue {n:02}": SALES for n in range(60)}
    waiting = {queue: Waiting(2, MORNING) for queue in queues}
    _, *lines, rest, _ = said(yesterday=queues, waiting=waiting)

    assert len(lines) == MOST
    assert rest == (
        f"\N{BULLET} {60 - MOST} more queues:"
        f" {12 * 48} of {224 * 48} promises broken (5.4%), {2 * 48} still wait"
    )


def test_a_queue_with_an_odd_name_calls_nobody() -> None:
    """Names are escaped, and Slack's limits hold."""
    queues = {f"{n}{'<!everyone>' * 10}": SALES for n in range(MOST)}

    assert "<!everyone" not in "".join(said(yesterday=queues, waiting={}))
