"""What a live worker and replay made visible, each in its smallest form.

Strict: the one whose cause was mended fails here and becomes an ordinary test.
"""

from stream.config import parse_config
from stream.records import decode_fact, encode_fact
from stream.sla.conversation import apply, due_at, reconsider
from stream.sla.cycles import Cycles
from stream.sla.events import AssignmentEvent, AttributesEvent, AuthorKind, Status
from stream.sla.facts import FactKind
from stream.worker.table import decode_state, encode_state
from tests.timelines import (
    CONFIG,
    Timeline,
    _envelope,
    assigned,
    at,
    closed,
    customer,
    failure,
    reply,
    status,
)


def attributes(minute, **said):
    return AttributesEvent(**_envelope(minute, f"t{minute}"), **said)


def rules_with(said, instead):
    assert said in CONFIG
    return parse_config(CONFIG.replace(said, instead), "test.yaml").rules()


def stands(facts):
    """By cycle: verdict, and who held the work then."""
    cycles = Cycles()
    cycles.add(decode_fact(encode_fact(fact)) for fact in facts)
    return {key: (c.verdict, c.queue, c.assignee) for key, c in cycles.by_key.items()}


def test_a_late_reply_that_failed_takes_no_breach_back(play):
    """Its failure says nothing about the deadline; the alert must stay red (2.2)."""
    told = play(customer(0), 10, reply(10.01), failure(10.02), 10.04).told

    assert told[3:] == ["breached@10", "answered_late@10.01", "reply_retracted@10.02"]


def test_an_author_corrected_after_an_outage_takes_no_breach_back(play):
    """A bot's late words, first taken for an agent's; both wait in the topic."""
    said = reply(20, "r1", author=AuthorKind.UNKNOWN)
    better = reply(20.001, "r1", author=AuthorKind.BOT)
    told = play(customer(0), 8, said, better, 60).told

    assert "breach_retracted" not in " ".join(told)


def test_a_late_assignment_corrects_whose_breach_it_was(play):
    """The order in which news comes does not decide whose it is (2.12, 3.2)."""
    ordered = play(customer(0), assigned(5, "support"), 11)
    late = play(customer(0), 11, assigned(5, "support"))

    assert stands(late.facts) == stands(ordered.facts)


def test_a_business_day_is_kept_over_a_reload():
    """Walked again under new rules it ends at the opening it ended at (2.9, 2.11)."""
    midnight = 106 + 2 / 3
    timeline = Timeline(office_rules("1business_day"))
    timeline.play(customer(midnight), customer(midnight + 5, "c2"))
    timeline.reload(office_rules("2business_days"))
    timeline.play(customer(midnight + 3, "c3"), midnight + 1441)

    assert timeline.told == ["clock_started@106.667", "breached@1546.67"]


def office_rules(within):
    """First replies within so many days that are eight hours long from midnight."""
    text = f"""
version: 1
timezone: UTC
calendars: {{short: {{week: {{mon-sun: ["00:00-08:00"]}}}}}}
queues: {{sales: {{accounts: ["whatsapp:1"], calendar: short}}}}
policies: [{{name: all, targets: {{first_reply: {{within: {within}, warn_at: []}}}}}}]
alerts: {{routes: [{{to: s}}], receivers: {{s: {{slack: {{channel: C1}}}}}}}}
"""
    return parse_config(text, "test.yaml").rules()


def test_bytes_in_between_change_no_state(rules):
    """A worker that was restarted remembers what another does (3.2)."""
    kept = restored = None
    for event in (customer(0, "c1"), attributes(1, tags=()), customer(0.5, "c2")):
        kept, _, _ = apply("c", kept, event, rules, event.at)
        restored, _, _ = apply("c", restored, event, rules, event.at)
        restored = decode_state(encode_state(0, restored)).conversation

    assert restored == kept


def test_reevaluating_leaves_verdicts_alone(play):
    """New rules apply to running clocks; a verdict that was reached stands (2.11)."""
    shorter = parse_config(
        CONFIG.replace("10m", "5m") + "reload: reevaluate_open\n", "new.yaml"
    ).rules()
    answered = play(customer(0), reply(8))
    assert answered.state is not None

    _, facts = reconsider("c", answered.state, shorter, at(9))

    assert [fact for fact in facts if fact.replaces] == []


def test_reevaluating_leaves_a_met_clock_and_asks_for_the_running_one():
    """Both began at one instant; the one has its verdict, the other goes on (2.11)."""
    solved = "targets: {resolution: 4h, first_reply: {within: 10m,"
    first = "targets: {first_reply: {within: 10m,"
    line = Timeline(rules_with(first, solved)).play(customer(0), reply(3))
    quicker = parse_config(
        CONFIG.replace(first, solved.replace("4h", "1h").replace("10m", "9m"))
        + "reload: reevaluate_open\n",
        "new.yaml",
    ).rules()
    line.reload(quicker)

    line.state, facts = reconsider("c", line.state, line.rules, at(4))
    line.play(60)

    assert [(fact.kind, fact.measure) for fact in facts] == [
        ("policy_changed", "resolution")
    ]
    assert line.told[-1] == "breached@60"


def test_reevaluating_asks_for_what_is_open_only(play):
    """No session, or one that is over: there is nothing to choose again (2.11)."""
    shorter = parse_config(
        CONFIG.replace("10m", "1m") + "reload: reevaluate_open\n", "new.yaml"
    ).rules()
    for steps in ([reply(0)], [customer(0), reply(8), closed(9)], [failure(0)]):
        state = play(*steps).state
        assert state is not None

        assert reconsider("c", state, shorter, at(9)) == (state, [])


def test_reevaluating_takes_back_no_breach_that_is_one_anyway(play):
    """The new deadline passed as well, twenty minutes ago."""
    longer = parse_config(
        CONFIG.replace("10m", "11m") + "reload: reevaluate_open\n", "new.yaml"
    ).rules()
    breached = play(customer(0), 5, 8, 10)
    assert breached.state is not None

    state, facts = reconsider("c", breached.state, longer, at(31))

    assert FactKind.BREACH_RETRACTED not in {fact.kind for fact in facts}
    assert due_at(state, longer) > at(31)


def test_a_reload_of_switches_leaves_old_verdicts_alone():
    """`new_cycles`: what a bot answered under old rules stays answered (2.11)."""
    counted = rules_with("warn_at: [50%, 80%]}}", "warn_at: [50%]}}, count_bot: true")
    line = Timeline(counted).play(customer(0), reply(3, author=AuthorKind.BOT))
    line.reload(rules_with("warn_at: [50%, 80%]}}", "warn_at: [50%]}}"))

    line.play(attributes(2, priority="low"))

    assert line.told == ["clock_started@0", "met@3"]


def test_a_policy_that_left_the_file_escalates_still():
    """`new_cycles`: running clocks keep the rules under which they began (2.11)."""
    stepped = "warn_at: [50%]}}, escalate: [{after: 1m, to: s}]"
    line = Timeline(rules_with("warn_at: [50%, 80%]}}", stepped)).play(customer(0))
    line.reload(rules_with("name: all", "name: everybody"))

    line.play(5, 10, 11)

    assert line.told[-1] == "escalated@11"


def test_a_shorter_session_gap_splits_no_session_that_was():
    """`new_cycles`: late news under new rules makes no new sessions of old ones."""
    line = Timeline(rules_with("version: 1", "version: 1\nsession_gap: 24h")).play(
        customer(0), reply(3), customer(120, "c2"), reply(121, "r2")
    )
    line.reload(rules_with("version: 1", "version: 1\nsession_gap: 1h"))
    before = len(line.facts)

    line.play(attributes(2, priority="low"))

    assert line.facts[before:] == []


def test_a_clock_whose_work_moved_keeps_its_promise_over_a_reload(rules):
    """`new_cycles`: walked again for late news it gets the same numbers (ADR 7.7)."""
    line = Timeline(rules).play(customer(0), attributes(1, priority="low"))
    line.reload(rules_with("10m", "5m"))

    line.play(customer(0.5, "c2"))

    assert line.told == ["clock_started@0"]


def test_late_news_that_moves_a_deadline_moves_the_breach(play):
    """A breach is dated at the deadline, whatever the order of the news (2.10)."""
    stricter = attributes(1, tier="vip")
    ordered = play(customer(0), stricter, 12)
    late = play(customer(0), 12, stricter)

    assert late.told[-2:] == ["policy_changed@1", "breached@2 for breached"]
    assert stands(late.facts) == stands(ordered.facts)


def test_opening_hours_follow_the_work_to_another_queue():
    """The policy stays the same; whose hours count does not (2.11, ADR 7)."""
    office = """
queues: {sales: {accounts: ["whatsapp:1"]}, night: {calendar: late}}
calendars: {late: {week: {mon-sun: ["23:00-23:30"]}}}
"""
    text = CONFIG.replace('queues: {sales: {accounts: ["whatsapp:1"]}}', office)
    rules = parse_config(text, "test.yaml").rules()
    line = Timeline(rules).play(customer(0), assigned(5, "night"))

    assert [f.calendar for f in line.facts if f.measure] == ["always", "late"]
    assert line.told == ["clock_started@0", "policy_changed@5"]


def test_a_paused_clock_keeps_its_deadline_over_a_reload():
    """Walked again for late news it counts as it did, pauses and all (ADR 7.7)."""
    solved = "resolution: {within: 4h, warn_at: [25%]}}, pause_on: [on_hold]"
    line = Timeline(rules_with("warn_at: [50%, 80%]}}", f"warn_at: []}}, {solved}"))
    pause = status(10, Status.ON_HOLD), status(70, Status.OPEN)
    line.play(customer(0), reply(3), *pause)
    line.reload(rules_with("10m", "5m"))

    line.play(attributes(2, priority="low"), 120, 299.9)
    assert line.told[-2:] == ["clock_resumed@70", "warned@120"]
    line.play(300)

    assert line.told[-1] == "breached@300"


def test_a_reload_adds_no_clock_to_a_wait_of_before():
    """A new target applies to new cycles, though late news walks the old ones."""
    line = Timeline(rules_with("10m", "5m")).play(customer(0), 2.5, reply(3))
    line.reload(rules_with("targets: {first", "targets: {resolution: 4h, first"))

    line.play(attributes(2, priority="low"))

    assert line.told == ["clock_started@0", "warned@2.5", "met@3"]


def test_a_breach_of_a_promise_made_too_late_is_whose_it_was_over_a_reload(rules):
    """Broken when it was promised, it counts for who holds the work then (2.11)."""
    stricter = attributes(5, tier="vip", queue="support")
    line = Timeline(rules).play(customer(0), stricter, 5)
    line.reload(rules_with("10m", "9m"))
    before = len(line.facts)

    line.play(customer(1, "c2"))

    assert (line.told[-1], line.facts[-1].queue) == ("breached@5", "support")
    assert line.facts[before:] == []


def test_no_promise_is_broken_before_it_was_made_over_a_reload_and_a_pause():
    """Walked again for late news, its deadline is the change that made it (2.11)."""
    line = Timeline(solving("resolution: 1h", "resolution: 10h")).play(
        customer(0),
        reply(3),
        status(10, Status.ON_HOLD),
        status(70, Status.OPEN),
        attributes(200, tier="vip"),
        200,
    )
    assert line.told[-1] == "breached@200"
    line.reload(solving("resolution: 2h", "resolution: 10h"))
    before = len(line.facts)

    line.play(reply(4, "r2"))

    assert line.facts[before:] == []


def test_a_reload_promises_nothing_to_work_that_moved_before():
    """Late news walks the move again; a new file applies to new cycles (2.11)."""
    line = Timeline(solving("first_reply: 1h", "first_reply: 10m"))
    line.play(customer(0), reply(3), attributes(5, tier="vip"))
    line.reload(solving("resolution: 1h", "first_reply: 10m"))

    line.play(reply(4, "r2"))

    assert line.told == ["clock_started@0", "met@3"]


def test_what_moved_work_was_promised_stays_though_its_policy_left_the_file():
    """Late news walks the move again by the rules of then (2.11)."""
    line = Timeline(solving("resolution: 1h", "first_reply: 10m"))
    line.play(customer(0), reply(3), attributes(5, tier="vip"))
    line.reload(solving("resolution: 1h", "first_reply: 10m", tier="gold"))

    line.play(reply(4, "r2"))

    assert line.told == ["clock_started@0", "met@3", "clock_started@5"]


def test_work_that_moved_paused_before_as_the_policy_of_then_says():
    """Late news after a reload pauses nothing that did not (2.8, 2.11)."""
    line = Timeline(solving("resolution: 2h", "resolution: 10h")).play(
        customer(0),
        reply(3),
        status(10, Status.SNOOZED),
        status(20, Status.OPEN),
        attributes(30, tier="vip"),
    )
    line.reload(solving("resolution: 3h", "resolution: 10h"))
    before = len(line.facts)

    line.play(reply(4, "r2"))

    assert line.facts[before:] == []


def test_a_reload_does_not_say_otherwise_who_spoke(rules):
    """Late news walks old words again, by the guess of then (2.11, ADR 7.9)."""
    line = Timeline(rules).play(
        customer(0), reply(3, "r1", AuthorKind.UNKNOWN), reply(5, "r2")
    )
    line.reload(rules_with("version: 1", "version: 1\nunknown_author: bot"))

    line.play(reply(4, "r3"))

    assert line.told == ["clock_started@0", "met@3"]


def test_a_reload_does_not_say_otherwise_what_was_a_reply():
    """Where no reply is promised, too: closed unanswered is no success (6.6, 2.11)."""
    solved = "targets: {resolution: 1h}, count_bot: false"
    promised = "targets: {first_reply: {within: 10m, warn_at: [50%, 80%]}}"
    line = Timeline(rules_with(promised, solved)).play(
        customer(0), reply(1, "b1", AuthorKind.BOT), closed(5)
    )
    line.reload(rules_with(promised, solved.replace("false", "true")))

    line.play(reply(2, "b2", AuthorKind.BOT))

    assert line.told == ["clock_started@0", "cancelled@5"]


def test_an_end_does_not_wait_for_a_warning_that_nobody_is_to_get():
    """A point before the promise was made is passed over at once (2.11)."""
    warned = "first_reply: {within: 10m, warn_at: [5m]}"
    line = Timeline(solving(warned, "first_reply: 1h"))

    line.play(customer(0), attributes(5.01, tier="vip"), reply(5.02))

    assert line.told[1:] == ["policy_changed@5.01", "met@5.02"]


def solving(vip, everyone, tier="vip"):
    """Rules of two policies with these targets; only one pauses when snoozed."""
    text = CONFIG[: CONFIG.index("policies:")] + CONFIG[CONFIG.index("alerts:") :]
    policies = f"""\
policies:
  - name: vip
    match: {{tier: {tier}}}
    targets: {{{vip}}}
    pause_on: [on_hold, snoozed]
  - {{name: all, targets: {{{everyone}}}, pause_on: [on_hold]}}
"""
    return parse_config(text + policies, "test.yaml").rules()


def test_who_had_the_work_when_it_was_solved_does_not_depend_on_the_order():
    """A holder that late news corrects is told of every verdict (6.12, 3.2)."""
    rules = solving("resolution: 1h", "resolution: 10h")
    given = AssignmentEvent(**_envelope(2, "a1"), assignee="Ana")
    solved = status(3, Status.RESOLVED)
    ordered = Timeline(rules).play(customer(0), reply(1), given, solved)
    late = Timeline(rules).play(customer(0), reply(1), solved, given)

    assert late.told[-1] == "met@3 for met"
    assert stands(late.facts) == stands(ordered.facts)
