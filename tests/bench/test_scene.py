"""What the bench of alerts reads out of the channels, of messages made by hand."""

from collections import Counter
from dataclasses import asdict, replace
from typing import Any

from alerts.alert import AlertState
from alerts.slack.listing import list_message
from alerts.storms.listing import Cause, Listing, key_of_list
from bench.alerts.pending import twice
from bench.alerts.scene import CHANNELS, config_of, p99, shown_of
from bench.traffic import Traffic
from stream.config import Config
from stream.replay.replay import Replay
from stream.sla.facts import FactKind
from stream.sla.instants import parse_rfc3339

START = parse_rfc3339("2026-11-23T09:00:00Z")
STORM = Listing(
    key=key_of_list("a"),
    version=1,
    cause=Cause.STORM,
    receiver="c0sales",
    began=START,
    is_held=False,
    is_growing=True,
    queues={"c0sales": 4000},
    waiting=4000,
    over={},
    longest=0,
    ended=None,
    late=0,
    overdue=(),
    last_replies={},
)


def message(key: str, blocks: Any = (), edits: Any = ()) -> dict[str, Any]:
    return {
        "ts": "1.000001",
        "metadata": {"event_payload": {"key": key}},
        "blocks": blocks,
        "posted_at": START,
        "edits": edits,
    }


def test_a_list_covers_what_it_said_at_the_time():
    """Nothing before it is posted, then as many as its title counts, ended too."""
    later = replace(STORM, queues={"c0sales": 10_000}, over={AlertState.ANSWERED: 6000})
    before, after = (asdict(list_message(each))["blocks"] for each in (STORM, later))
    edit = {"blocks": before, "replaced_at": START + 10_000}
    shown = shown_of("C0SALES", message(STORM.key, after, [edit]))

    assert shown.posted_at == START
    found = [shown.covers(START + wait) for wait in (-1, 0, 9_999, 10_000)]
    assert found == [0, 4000, 4000, 10_000]
    assert shown.covers() == 10_000


def test_an_alerts_own_message_covers_one():
    """Whatever it says, from its post on."""
    said = [{"type": "section", "text": {"text": "7 promises broken"}}]
    shown = shown_of("C0SALES", message("a" * 32, said))

    assert [shown.covers(START - 1), shown.covers(START), shown.covers()] == [0, 1, 1]


def test_a_message_beside_another_of_its_key_is_one_too_many():
    """In its channel: an escalation's is in another, under another key or the same."""
    once = [shown_of("C0SALES", message(key)) for key in ("a", "b")]

    assert twice([*once, shown_of("C0LEADS", message("a"))]) == 0
    assert twice([*once, shown_of("C0SALES", message("a"))]) == 1


def test_of_few_values_the_most_stands_for_p99():
    """Fewer than a hundred cannot say more than their most."""
    assert p99([*range(50)]) == 49
    assert p99([*range(1, 101)]) == 99
    assert p99([*range(1, 1001)]) == 990


def test_each_channel_gets_as_many_breaches():
    """Each has an account, and its queue a fifth of those who wait in vain."""
    rules = Config.model_validate(config_of(CHANNELS, 5)).rules()
    accounts = [name for _, name in rules.queues]
    traffic = Traffic(rules, START, 10, accounts)
    traffic.burst(100, written_within=4, due=8)
    run, facts = Replay(rules), []
    for slot in traffic.slots():
        for records in slot.partitions:
            facts += run.lines([value for _, value in records])
    facts += run.run_until(START + 60_000)
    broken = Counter(fact.queue for fact in facts if fact.kind is FactKind.BREACHED)

    assert broken == {channel.lower(): 20 for channel in CHANNELS}
