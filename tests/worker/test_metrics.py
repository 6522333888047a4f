"""The worker's numbers: each cycle once, exact after retractions, no ghosts."""

import subprocess

import pytest
from prometheus_client import generate_latest

from stream.config import parse_config
from stream.sla.events import AuthorKind, SpamEvent
from stream.sla.facts import Verdict
from stream.worker.places import MOST
from stream.worker.reply_times import WAITS
from stream.worker.waiting import Band
from tests.shelf import Shelf, of
from tests.timelines import (
    CONFIG,
    START,
    Timeline,
    assigned,
    at,
    closed,
    customer,
    failure,
    reply,
)

SALES = {"measure": "first_reply", "channel": "whatsapp", "queue": "sales"}
LATENESS = 2000

STORIES = {
    "Nothing happened.": ([], {}),
    "In time is met.": ([customer(0), reply(3)], {"met": 1}),
    "Late is breached, once.": ([customer(0), 10.0, reply(12)], {"breached": 1}),
    "Closed is cancelled.": ([customer(0), closed(3)], {"cancelled": 1}),
    "Still waiting is nothing.": ([customer(0)], {}),
    "A reply that failed was none.": ([customer(0), reply(3), failure(4)], {}),
    "A second reply is the one that counts.": (
        [customer(0), reply(3), failure(4), reply(5, "r2")],
        {"met": 1},
    ),
    "A reply in time that came to light takes the breach back.": (
        [customer(0), 10.0, reply(9)],
        {"met": 1},
    ),
    "An earlier reply counts no second time.": (
        [customer(0), reply(4), reply(3, "r2")],
        {"met": 1},
    ),
    "A cycle that never was is counted nowhere.": (
        [customer(0), reply(3), customer(-1, "c0")],
        {"met": 1},
    ),
    "A cancelled cycle that never was is counted nowhere.": (
        [customer(0), closed(3), customer(-1, "c0")],
        {"cancelled": 1},
    ),
    "Two sessions are two cycles.": (
        [customer(0), reply(3), closed(4), customer(5, "c2"), reply(6, "r2")],
        {"met": 2},
    ),
}


@pytest.mark.parametrize(("steps", "stands"), STORIES.values(), ids=STORIES.keys())
def test_verdicts_minus_retractions_is_what_stands(steps, stands):
    """The difference of the two counters is the exact number of each verdict."""
    shelf = Shelf()
    shelf.metrics.record(Timeline(shelf.config.rules()).play(*steps).facts)

    net = {
        verdict.value: shelf.sample("verdicts_total", **SALES, verdict=verdict.value)
        - shelf.sample("retractions_total", **SALES, verdict=verdict.value)
        for verdict in Verdict
    }
    assert net == {"met": 0, "breached": 0, "cancelled": 0, **stands}


@pytest.mark.parametrize(("steps", "stands"), STORIES.values(), ids=STORIES.keys())
def test_a_policys_verdicts_less_those_taken_back_are_what_stands(steps, stands):
    """Once a batch and fact by fact; a policy that is only tried is in no other's."""
    tried = "  - {name: tried, shadow: true, targets: {first_reply: 1m}}\n"
    shelf = Shelf(CONFIG.replace("policies:\n", f"policies:\n{tried}"))
    facts = Timeline(shelf.config.rules()).play(*steps).facts
    shelf.metrics.record(facts)
    for fact in facts:
        shelf.metrics.record([fact])

    def twice(verdict):
        of = {"policy": "all", "measure": "first_reply", "verdict": verdict}
        given, back = (
            shelf.sample("policy_verdicts_total", **of, change=change)
            for change in ("given", "taken_back")
        )
        return given - back

    of_tried = {"policy": "tried", "measure": "first_reply", "verdict": "met"}
    assert shelf.sample("policy_verdicts_total", **of_tried, change="given") is None
    nets = {verdict.value: twice(verdict.value) / 2 for verdict in Verdict}
    assert nets == {"met": 0, "breached": 0, "cancelled": 0, **stands}


@pytest.mark.parametrize("queue", ["support", "desk"])
@pytest.mark.parametrize("last", [[10.5], [reply(9, "r1")], [closed(9)]])
def test_a_verdict_counts_for_the_queue_that_held_the_work(last, queue):
    """A late assignment moves it from the one to the other (2.12, 3.2)."""
    shelf = Shelf(CONFIG.replace("queues: {", f"queues: {{{queue}: {{}}, "))
    line = Timeline(shelf.config.rules()).play(customer(0), *last, 11)
    line.play(assigned(5, queue))
    shelf.metrics.record(line.facts)

    def net(name):
        labels = SALES | {"queue": name}
        return sum(
            sign * shelf.sample(f"{counter}_total", **labels, verdict=verdict.value)
            for verdict in Verdict
            for sign, counter in ((1, "verdicts"), (-1, "retractions"))
        )

    assert (net("sales"), net(queue)) == (0, 1)
    delays = shelf.sample("detection_delay_seconds_count", measure="first_reply")
    assert delays == (last == [10.5])  # noticed once


def test_answers_of_whom_nobody_can_tell_are_counted():
    """In time and late; what a better source said at once is none of them."""
    shelf = Shelf()
    unknown = AuthorKind.UNKNOWN
    steps = [customer(0), reply(5, "r1", unknown), customer(6, "c2"), closed(7)]
    late = [customer(20, "c3"), 35, reply(36, "r3", unknown), closed(37)]
    known = [customer(40, "c4"), reply(41, "r4"), closed(42)]
    line = Timeline(shelf.config.rules()).play(*steps, *late, *known)
    shelf.metrics.record(line.facts)

    assert shelf.sample("answers_by_unknown_total", **SALES) == 2


def test_a_wait_is_observed_once():
    """In time or late, the histogram has one wait a cycle, in seconds."""
    shelf = Shelf()
    rules = shelf.config.rules()
    shelf.metrics.record(Timeline(rules).play(customer(0), reply(3)).facts)
    shelf.metrics.record(Timeline(rules).play(customer(0), 10.0, reply(12)).facts)
    restated = Timeline(rules).play(customer(0), reply(4), reply(3, "r2"))
    shelf.metrics.record(restated.facts)

    assert net(shelf, "reply") == (3, 180 + 720 + 180)


def net(shelf, what):
    """Count and sum of what was told, less what was taken back."""
    parts = [
        shelf.sample(f"{what}{part}_seconds_{of}", **SALES) or 0
        for of in ("count", "sum")
        for part in ("", "_retracted")
    ]
    return parts[0] - parts[1], parts[2] - parts[3]


def test_a_reply_that_failed_is_taken_out_of_the_reply_times():
    """Told and taken back, in wall and in open time: nothing was answered (5.1)."""
    shelf = Shelf()
    line = Timeline(shelf.config.rules()).play(customer(0), reply(3), failure(4))
    shelf.metrics.record(line.facts)
    assert net(shelf, "reply") == (0, 0)
    taken_back = shelf.sample("reply_retracted_business_seconds_sum", **SALES)
    assert taken_back == 180

    shelf.metrics.record(line.play(reply(7, "r2"), 6.0).facts[-2:])
    assert net(shelf, "reply") == (1, 420)


def test_a_late_answer_that_was_in_time_after_all_is_measured_once():
    """Breached, answered late, and then an earlier answer comes to light (5.1)."""
    shelf = Shelf()
    rules = shelf.config.rules()
    line = Timeline(rules).play(customer(0), 10.0, reply(12), reply(9, "r2"), 12.0)
    shelf.metrics.record(line.facts)

    assert net(shelf, "reply") == (1, 540)


def test_a_queue_that_only_events_name_is_at_zero_for_a_scrape():
    """Prometheus takes a series that is born at one for no increase at all."""
    shelf = Shelf()
    line = Timeline(shelf.config.rules()).play(assigned(-1, "night"), customer(0))
    shelf.metrics.record(line.play(reply(3)).facts)
    met = {**SALES, "queue": "night", "verdict": "met"}

    assert shelf.sample("verdicts_total", **met) == 0
    generate_latest(shelf.registry)  # a scrape
    assert shelf.sample("verdicts_total", **met) == 1
    again = Timeline(shelf.config.rules()).play(assigned(-1, "night"), customer(0))
    shelf.metrics.record(again.play(reply(3)).facts)
    assert shelf.sample("verdicts_total", **met) == 2


async def test_anybody_may_name_a_queue_and_labels_stay_few():
    """What the file does not name, and is one too many, is `other`."""
    shelf = Shelf()
    for number in range(MOST + 3):
        key = f"c{number}"
        named = assigned(-1, f"queue {number}")
        shelf.arrive(of(key, named), of(key, customer(0)), of(key, reply(1)))
    await shelf.work()
    labels = {**SALES, "verdict": "met"}
    generate_latest(shelf.registry)

    assert shelf.sample("verdicts_total", **{**labels, "queue": "other"}) == 3
    assert shelf.sample("verdicts_total", **{**labels, "queue": "queue 7"}) == 1
    assert shelf.sample("open_sessions", channel="whatsapp", queue="other") == 3
    queues = {
        sample.labels["queue"]
        for family in shelf.registry.collect()
        for sample in family.samples
        if "queue" in sample.labels
    }
    assert len(queues) == MOST + 3  # other, sales, unrouted


def test_target_seconds_of_business_days_and_windows():
    """A day has eight hours here; a window is the channel's (contract 8)."""
    text = CONFIG.replace(
        "policies:",
        """
calendars: {office: {week: {mon-fri: ["09:00-17:00"]}}}
windows: {whatsapp: 24h, messenger: 168h}
policies:
  - name: days
    match: {tier: days}
    calendar: office
    targets: {first_reply: 2business_days, window: {warn_before: 2h}}
""",
        1,
    )
    shelf = Shelf(text)

    target = {"policy": "days", "measure": "first_reply"}
    assert shelf.sample("target_seconds", **target) == 16 * 3600
    assert shelf.sample("target_seconds", policy="days", measure="window") == 86400


def test_sessions_are_counted_when_they_open():
    """A session that began earlier than told is counted anew and withdrawn."""
    shelf = Shelf()
    steps = [customer(0), customer(-1, "c0")]
    shelf.metrics.record(Timeline(shelf.config.rules()).play(*steps).facts)

    place = {"channel": "whatsapp", "queue": "sales"}
    assert shelf.sample("sessions_opened_total", **place) == 2
    assert shelf.sample("sessions_withdrawn_total", **place) == 1


def test_spam_whose_end_is_told_again_is_withdrawn_once():
    """Late news of what was said in it is no other session."""
    shelf = Shelf()
    envelope = {f: getattr(closed(2), f) for f in SpamEvent.__struct_fields__}
    steps = [customer(0), reply(1), SpamEvent(**envelope), failure(3)]
    shelf.metrics.record(facts := Timeline(shelf.config.rules()).play(*steps).facts)

    assert [f.reason for f in facts if f.session is not None] == ["spam", "spam"]
    place = {"channel": "whatsapp", "queue": "sales"}
    assert shelf.sample("sessions_withdrawn_total", **place) == 1


async def test_a_breach_is_counted_at_the_deadline_with_its_delay():
    """The late reply moves no verdict; how late we noticed is measured."""
    shelf = Shelf()
    shelf.arrive(customer(0))
    await shelf.work()
    for _ in range(3):
        await shelf.tick(at(10) + LATENESS + 500)
    breached = {**SALES, "verdict": "breached"}
    assert shelf.sample("verdicts_total", **breached) == 1
    assert shelf.sample("detection_delay_seconds_sum", measure="first_reply") == 2.5

    shelf.arrive(reply(12))
    await shelf.work()
    assert shelf.sample("verdicts_total", **breached) == 1


def test_every_series_of_the_config_is_there_from_the_start():
    """What can happen under the config is at zero before it does."""
    shelf = Shelf()
    for queue in ("sales", "unrouted"):
        place = {"channel": "whatsapp", "queue": queue}
        labels = {"measure": "first_reply", **place}
        for verdict in Verdict:
            assert shelf.sample("verdicts_total", **labels, verdict=verdict) == 0
            assert shelf.sample("retractions_total", **labels, verdict=verdict) == 0
        for band in ("ok", "at_risk", "breached", "paused"):
            assert shelf.sample("waiting", **labels, band=band) == 0
        assert shelf.sample("reply_seconds_count", **labels) == 0
        assert shelf.sample("sessions_opened_total", **place) == 0
        assert shelf.sample("open_sessions", **place) == 0
    for reason in ("unreadable", "wrong_key", "too_late", "too_large", "rules_failed"):
        assert shelf.sample("events_rejected_total", reason=reason) == 0
    assert shelf.sample("events_late_total", channel="whatsapp") == 0
    assert shelf.sample("events_duplicate_total", channel="whatsapp") == 0
    assert shelf.sample("detection_delay_seconds_count", measure="first_reply") == 0
    assert shelf.sample("target_seconds", policy="vip", measure="first_reply") == 120


async def test_gauges_tell_who_waits_now():
    """Bands, oldest wait and next deadline are those of the waits at scrape."""
    shelf = Shelf()
    shelf.arrive(
        of("ok", customer(4)),
        of("at risk", customer(1)),
        of("breached", customer(-10)),
        of("answered", customer(-20)),
        of("answered", reply(-19)),
    )
    await shelf.work()
    for _ in range(4):
        await shelf.tick(at(6) + LATENESS)

    bands = {
        band: shelf.sample("waiting", **SALES, band=band)
        for band in ("ok", "at_risk", "breached", "paused")
    }
    assert bands == {"ok": 1, "at_risk": 1, "breached": 1, "paused": 0}
    assert shelf.sample("open_sessions", channel="whatsapp", queue="sales") == 4
    oldest = shelf.sample("oldest_wait_timestamp_seconds", **SALES)
    assert oldest == at(-10) / 1000
    assert shelf.sample("next_deadline_timestamp_seconds", **SALES) == at(11) / 1000


async def test_at_risk_from_the_first_warning_point_on():
    """The band is that of the scrape's instant, whether or not a timer has run."""
    shelf = Shelf()
    shelf.arrive(customer(0))
    await shelf.work()
    seen = []
    for now in (at(5) - 1, at(5), at(99)):
        shelf.now = now
        bands = ("ok", "at_risk", "breached")
        seen.append([shelf.sample("waiting", **SALES, band=band) for band in bands])

    assert seen == [[1, 0, 0], [0, 1, 0], [0, 1, 0]]


async def test_nobody_waits_is_no_timestamp():
    """Without a wait there is no oldest one and no next deadline: absent, not 0."""
    shelf = Shelf()
    shelf.arrive(customer(0), reply(1))
    await shelf.work()

    assert shelf.sample("oldest_wait_timestamp_seconds", **SALES) is None
    assert shelf.sample("next_deadline_timestamp_seconds", **SALES) is None
    for name in ("next_breach", "worst_lateness", "longest_wait"):
        assert shelf.sample(f"{name}_seconds", **SALES) is None


def test_every_band_of_a_configured_place_is_there_from_the_start():
    """At 0, of customers as of waits, so that a wall tells nobody from no data."""
    shelf = Shelf()
    for queue in ("sales", "unrouted"):
        place = {"channel": "whatsapp", "queue": queue}
        for band in Band:
            at_zero = place | {"band": band.value}
            assert shelf.sample("customers_waiting", **at_zero) == 0
            labels = at_zero | {"measure": "first_reply"}
            assert shelf.sample("waiting", **labels) == 0
        assert shelf.sample("open_sessions", **place) == 0


async def test_a_queue_that_left_the_file_is_shown_while_somebody_waits_in_it():
    """And no longer: after it nothing of it is left in the gauges."""
    shelf = Shelf(CONFIG.replace("queues: {", "queues: {desk: {}, "))
    shelf.arrive(customer(0, queue="desk"))
    await shelf.work()
    config = parse_config(CONFIG, "later.yaml")
    shelf.metrics.take(config)
    shelf.current_state.take(config)
    place = {"channel": "whatsapp", "queue": "desk"}
    assert shelf.sample("customers_waiting", **place, band="ok") == 1

    shelf.arrive(closed(1))
    await shelf.work()
    assert shelf.sample("customers_waiting", **place, band="ok") is None
    assert shelf.sample("waiting", **SALES | place, band="ok") is None
    assert shelf.sample("open_sessions", **place) is None


async def test_a_partition_that_left_leaves_no_ghost():
    """Only the owned partitions are in the gauges, and coverage says how many."""
    shelf = Shelf()
    shelf.owned = frozenset({0, 1})
    shelf.arrive(customer(0))
    shelf.arrive(customer(0), partition=1)
    await shelf.work(0)
    await shelf.work(1)
    ok = {**SALES, "band": "ok"}
    topic = {"topic": "conversations.events"}
    assert shelf.sample("waiting", **ok) == 2
    assert shelf.sample("partitions_assigned", **topic) == 2

    shelf.owned = frozenset({0})
    assert shelf.sample("waiting", **ok) == 1
    shelf.book.drop(1)
    assert shelf.waiting.open_sessions(frozenset({1})) == []
    assert shelf.sample("partitions_assigned", **topic) == 1
    assert shelf.sample("partitions", **topic) == 4
    assert shelf.sample("lag_records", **topic) == 7


async def test_what_was_restored_is_counted_again():
    """A worker that takes a partition over shows its waits and keeps its deadlines."""
    shelf = Shelf()
    shelf.arrive(customer(0))
    await shelf.work()
    shelf.book.drop(0)
    assert shelf.sample("waiting", **SALES, band="ok") == 0

    await shelf.book.restore(0, shelf.states[0].items())

    assert shelf.sample("waiting", **SALES, band="ok") == 1
    assert shelf.book.deadlines(0).next() == at(5)


async def test_a_batch_is_tallied():
    """Events by kind, late ones, and the time from the intake to here."""
    shelf = Shelf()
    shelf.now = START + 3000
    shelf.arrive(customer(0), reply(0.01))
    await shelf.work()

    assert shelf.sample("events_total", channel="whatsapp", kind="message") == 2
    assert shelf.sample("event_delay_seconds_count") == 2
    assert shelf.sample("event_delay_seconds_sum") == 3 + 2.4


def test_the_newest_event_dates_an_account():
    """An old event that comes late does not make a source look silent."""
    shelf = Shelf()
    for instant in (at(2), at(1)):
        shelf.metrics.saw(("whatsapp", "1"), instant)

    seen = shelf.sample("last_event_timestamp_seconds", channel="whatsapp", account="1")
    assert seen == at(2) / 1000


def test_buckets_are_those_of_the_contract():
    """Sums over time need the same bounds for ever (contract 8)."""
    text = "15 30 60 120 300 600 900 1800 3600 7200 14400 28800 86400 172800 259200"
    assert [str(bound) for bound in WAITS] == text.split()


def test_promtool_finds_nothing_wrong():
    """Names, types and help are as Prometheus wants them."""
    shelf = Shelf()
    story = Timeline(shelf.config.rules()).play(customer(0), reply(1))
    shelf.metrics.record(story.facts)
    shelf.metrics.saw(("whatsapp", "1"), START)
    shelf.waiting.put(0, b"c", story.state, shelf.config.rules())

    checked = subprocess.run(
        ["promtool", "check", "metrics"],
        input=generate_latest(shelf.registry),
        capture_output=True,
        check=False,
    )
    assert (checked.stderr + checked.stdout).decode() == ""
