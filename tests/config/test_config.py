"""The rules file: every fault at once, each with its place and what to write."""

from pathlib import Path

import pytest

from stream.config import load_config, parse_config
from stream.config.faults import ConfigError
from stream.config.oddities import oddities
from stream.config.references import CHANNELS
from stream.sla.events import Status
from stream.sla.facts import Measure
from stream.sla.instants import HOUR, MINUTE, SECOND, parse_rfc3339, rfc3339
from stream.sla.policy import Policy, PolicyBook, Rules, Target

ROOT = Path(__file__).parents[2]

GOOD = """\
version: 1
queues:
  sales: {accounts: ["whatsapp:1"]}
policies:
  - name: vip
    match: {tier: vip}
    targets: {first_reply: 2m}
  - name: all
    targets: {first_reply: {within: 10m, warn_at: [80%]}}
alerts:
  routes: [{to: ops}]
  receivers: {ops: {slack: {channel: C1}}}
"""


def faults(text: str) -> list[str]:
    """What is said of a file with this text, a line a fault."""
    try:
        parse_config(text, "sla.yaml")
    except ConfigError as error:
        return str(error).splitlines()
    return []


def test_the_example_is_good():
    """The file that the demo runs on, and that people copy, is valid."""
    config = load_config(ROOT / "config" / "sla.yaml")

    assert config.queue_names == ("sales", "support", "unrouted")
    assert config.channels == ("messenger", "whatsapp")


def test_a_config_becomes_rules():
    """The rules read milliseconds, sets and a version made of the content."""
    config = parse_config(GOOD, "sla.yaml")

    vip = Policy(
        name="vip",
        match={"tier": frozenset({"vip"})},
        targets=(
            Target(measure=Measure.FIRST_REPLY, within=2 * MINUTE, warn_shares=(80,)),
        ),
    )
    everyone = Policy(
        name="all",
        match={},
        targets=(
            Target(measure=Measure.FIRST_REPLY, within=10 * MINUTE, warn_shares=(80,)),
        ),
    )
    assert config.rules() == Rules(
        book=PolicyBook((vip, everyone), config.version_hash),
        queues={("whatsapp", "1"): "sales"},
        session_gap=24 * HOUR,
        allowed_lateness=2 * SECOND,
        windows=dict.fromkeys(("whatsapp", "messenger", "instagram"), 24 * HOUR),
    )
    assert len(config.version_hash) == 12
    assert parse_config(GOOD + "#\n", "x").version_hash != config.version_hash


def test_warning_points_are_sorted_and_said_once():
    """Warning points come in order of time whatever the order in the file."""
    text = GOOD.replace("[80%]", "[80%, 50%, 80%]")

    targets = parse_config(text, "sla.yaml").rules().book.policies[1].targets
    points = targets[0].points(targets[0].within)
    assert points == (5 * MINUTE, 8 * MINUTE, 10 * MINUTE)


# Each: what to write where, and what is said of it.


ONLY = "takes {number}, {customer} and {conversation}, as they stand, and nothing else"

FAULTS = {
    "An unknown key is told with the key that was meant.": (
        ("first_reply: 2m", "frist_reply: 2m"),
        [
            (
                "sla.yaml:7:15: policies.0.targets.frist_reply: is not known here: "
                "did you mean 'first_reply'?"
            ),
        ],
    ),
    "A promise that is not known is refused.": (
        ("first_reply: 2m", "first_reply: 2m, last_reply: 5m"),
        [
            (
                "sla.yaml:7:32: policies.0.targets.last_reply: is not known here: "
                "did you mean 'first_reply'?"
            )
        ],
    ),
    "A policy promises something.": (
        ("{first_reply: 2m}", "{}"),
        [
            (
                "sla.yaml:7:5: policies.0.targets: "
                "promises nothing: write first_reply: 15m, or targets: none"
            )
        ],
    ),
    "The version is asked for.": (
        ("version: 1\n", ""),
        ["sla.yaml:1:1: version: is missing"],
    ),
    "Another version is refused.": (
        ("version: 1", "version: 2"),
        ["sla.yaml:1:1: version: must be 1"],
    ),
    "A number is no duration.": (
        ("first_reply: 2m", "first_reply: 2"),
        [
            (
                "sla.yaml:7:15: policies.0.targets.first_reply.within: "
                "2 is no duration: write 90s, 15m or 4h"
            )
        ],
    ),
    "Hours and minutes with a colon are no duration.": (
        ("first_reply: 2m", "first_reply: 1:30"),
        [
            (
                "sla.yaml:7:15: policies.0.targets.first_reply.within: "
                "'1:30' is no duration: write 90s, 15m or 4h"
            )
        ],
    ),
    "A target shorter than the noise is refused.": (
        ("within: 10m", "within: 14s"),
        ["sla.yaml:9:29: policies.1.targets.first_reply.within: must be at least 15s"],
    ),
    "A warning point is a percentage.": (
        ("[80%]", "[8]"),
        [
            (
                "sla.yaml:9:52: policies.1.targets.first_reply.warn_at.0: "
                "must be text: put it in quotes"
            )
        ],
    ),
    "A warning comes before the deadline.": (
        ("[80%]", "[100%]"),
        [
            (
                "sla.yaml:9:42: policies.1.targets.first_reply.warn_at: "
                "'100%': a warning comes between 1% and 99%"
            )
        ],
    ),
    "An unquoted number is no warning point.": (
        ("[80%]", "[80]"),
        [
            (
                "sla.yaml:9:52: policies.1.targets.first_reply.warn_at.0: "
                "must be text: put it in quotes"
            )
        ],
    ),
    "An unquoted number is no tier.": (
        ("tier: vip", "tier: 1"),
        ["sla.yaml:6:13: policies.0.match.tier.0: must be text: put it in quotes"],
    ),
    "An unquoted phone number id is no account.": (
        ('"whatsapp:1"', "106540352242922"),
        ["sla.yaml:3:22: queues.sales.accounts.0: must be text: put it in quotes"],
    ),
    "An account names its channel.": (
        ("whatsapp:1", "whatsap:1"),
        [
            (
                "sla.yaml:3:11: queues.sales.accounts: "
                "'whatsap:1': write channel:account, whatsapp:1065"
            )
        ],
    ),
    "An account belongs to one queue.": (
        ('["whatsapp:1"]}', '["whatsapp:1"]}\n  two: {accounts: ["whatsapp:1"]}'),
        ["sla.yaml:4:9: queues.two.accounts: 'whatsapp:1' is in queue 'sales' already"],
    ),
    "A policy's queue is one of the queues.": (
        ("tier: vip", "queue: sale"),
        [
            (
                "sla.yaml:6:13: policies.0.match.queue: "
                "no queue 'sale': did you mean 'sales'?"
            )
        ],
    ),
    "A policy's name is its own.": (
        ("name: all", "name: vip"),
        ["sla.yaml:8:5: policies.1.name: a policy named 'vip' stands above"],
    ),
    "A route leads to a receiver.": (
        ("to: ops", "to: op"),
        ["sla.yaml:11:13: alerts.routes.0.to: no receiver 'op': did you mean 'ops'?"],
    ),
    "The last route catches all.": (
        ("{to: ops}", "{match: {queue: sales}, to: ops}"),
        [
            (
                "sla.yaml:11:3: alerts.routes: "
                "the last route must catch all: leave out match"
            )
        ],
    ),
    "A Slack channel is told by its id.": (
        ("C1", '"#ops"'),
        [
            (
                "sla.yaml:12:29: alerts.receivers.ops.slack.channel: "
                "must be a Slack channel id, C0123456789, not its name"
            )
        ],
    ),
    "A receiver goes one way.": (
        ("{channel: C1}", "{channel: C1}, webhook: {url_from: DESK}"),
        [
            (
                "sla.yaml:12:15: alerts.receivers.ops: takes exactly one of"
                " slack, webhook, alertmanager, apprise"
            )
        ],
    ),
    "An address with its secret is no name, and is not shown.": (
        ("slack: {channel: C1}", 'webhook: {url_from: "https://x/hush"}'),
        [
            (
                "sla.yaml:12:31: alerts.receivers.ops.webhook.url_from: must be a"
                " name, A-Z and 0-9: DESK, for REPLYCLOCK_SINK_DESK"
            )
        ],
    ),
    "A fallback must be a receiver.": (
        ("{channel: C1}", "{channel: C1}, fallback: {to: opps}"),
        [
            (
                "sla.yaml:12:54: alerts.receivers.ops.fallback.to: "
                "no receiver 'opps': did you mean 'ops'?"
            )
        ],
    ),
    "A fallback waits for a moment.": (
        (
            "{ops: {",
            "{two: {slack: {channel: C2}}, ops: {fallback: {to: two, after: 5s}, ",
        ),
        [("sla.yaml:12:70: alerts.receivers.ops.fallback.after: must be at least 10s")],
    ),
    "A fallback to the same place is none.": (
        ("{channel: C1}", "{channel: C1}, fallback: {to: ops}"),
        [
            (
                "sla.yaml:12:54: alerts.receivers.ops.fallback.to: "
                "'ops' is in the same place: name another"
            )
        ],
    ),
    "Lateness has an upper bound.": (
        ("version: 1", "version: 1\nallowed_lateness: 11m"),
        ["sla.yaml:2:1: allowed_lateness: must be at most 10m"],
    ),
    "A session gap has a lower bound.": (
        ("version: 1", "version: 1\nsession_gap: 59s"),
        ["sla.yaml:2:1: session_gap: must be at least 1m"],
    ),
    "A key that stands twice is refused.": (
        ("name: vip", "name: vip\n    name: vip"),
        [
            (
                'sla.yaml:6:5: found duplicate key "name" with value "vip" '
                '(original value: "vip")'
            )
        ],
    ),
    "What is no YAML is told with its place.": (
        ("name: vip", "name: [vip"),
        [
            (
                "sla.yaml:6:10: expected ',' or ']', but got ':',"
                " inside of what begins at 5:11"
            )
        ],
    ),
    "A tab does not indent.": (
        ("  sales", "\tsales"),
        ["sla.yaml:3:1: found character '\\t' that cannot start any token"],
    ),
    # The rest are the traps that other programs fall into.
    "A promise longer than a year is refused.": (
        ("2m", "99999h"),
        [
            (
                "sla.yaml:7:15: policies.0.targets.first_reply.within: "
                "'99999h' is longer than a year"
            )
        ],
    ),
    "The queue of what no queue lists is not for the taking.": (
        ("  sales:", "  unrouted:"),
        [
            (
                "sla.yaml:3:3: queues.unrouted: "
                "is the queue of accounts that no queue lists"
            )
        ],
    ),
    "A queue that only a route knows is refused.": (
        ("{to: ops}", "{match: {queue: slaes}, to: ops}, {to: ops}"),
        [
            (
                "sla.yaml:11:21: alerts.routes.0.match.queue: "
                "no queue 'slaes': did you mean 'sales'?"
            )
        ],
    ),
    "A channel that does not exist is refused.": (
        ("tier: vip", "channel: whatsap"),
        [
            (
                "sla.yaml:6:13: policies.0.match.channel: "
                "no channel 'whatsap': did you mean 'whatsapp'?"
            )
        ],
    ),
    "A link to nowhere safe.": (
        ('["whatsapp:1"]', '["whatsapp:1"], link: "http://desk.example"'),
        ["sla.yaml:3:37: queues.sales.link: must begin with https://"],
    ),
    "A place that no link has.": (
        ('["whatsapp:1"]', '["whatsapp:1"], link: "https://x.y/{phone}"'),
        [f"sla.yaml:3:37: queues.sales.link: {ONLY}"],
    ),
    "A place with a form.": (
        ('["whatsapp:1"]', '["whatsapp:1"], link: "https://x.y/{number:>{customer}}"'),
        [f"sla.yaml:3:37: queues.sales.link: {ONLY}"],
    ),
    "A brace alone.": (
        ('["whatsapp:1"]', '["whatsapp:1"], link: "https://x.y/{number"'),
        [f"sla.yaml:3:37: queues.sales.link: {ONLY}"],
    ),
    "Too much of a customer.": (
        ("alerts:\n", "alerts:\n  show_customer: everything\n"),
        [
            (
                "sla.yaml:11:3: alerts.show_customer: "
                "must be 'none', 'last4', 'name' or 'number'"
            )
        ],
    ),
    "An app of Meta has a number.": (
        ("version: 1", "version: 1\napps: {facebook: bot, 555: bot}"),
        ["sla.yaml:2:8: apps.facebook: must be the number of a Meta app, or none"],
    ),
    "A key of our own is as unknown as any other.": (
        ("version: 1", "version: 1\nversion_hash: abc"),
        ["sla.yaml:2:1: version_hash: is not known here: did you mean 'version'?"],
    ),
}


@pytest.mark.parametrize(("change", "said"), FAULTS.values(), ids=FAULTS.keys())
def test_faults_are_told_with_their_place(change, said):
    """A fault is one line: file, line, column, path, what to do."""
    assert GOOD.count(change[0]) == 1

    assert faults(GOOD.replace(*change)) == said


def test_all_faults_are_told_at_once():
    """Four mistakes are four lines, in the order of the file."""
    text = (
        GOOD.replace("version: 1", "version: 2")
        .replace("whatsapp:1", "whatsapp")
        .replace("2m", "2")
        .replace("C1", "ops")
    )

    assert [line.split(": ")[0] for line in faults(text)] == [
        "sla.yaml:1:1",
        "sla.yaml:3:11",
        "sla.yaml:7:15",
        "sla.yaml:12:29",
    ]


def test_all_references_are_told_at_once():
    """Names that lead nowhere are told together, too."""
    text = GOOD.replace("tier: vip", "queue: sale").replace("to: ops", "to: op")

    assert [line.split(": ")[0] for line in faults(text)] == [
        "sla.yaml:6:13",
        "sla.yaml:11:13",
    ]


def test_values_names_and_the_last_route_are_told_in_one_round():
    """What a value hides from the model hides no name that leads nowhere."""
    text = (
        GOOD.replace("2m", "2")
        .replace("tier: vip", "queue: sale")
        .replace("[{to: ops}]", "[{match: {policy: al}, to: {then: op}}]")
    )

    assert faults(text) == [
        "sla.yaml:6:13: policies.0.match.queue: no queue 'sale': did you mean 'sales'?",
        (
            "sla.yaml:7:15: policies.0.targets.first_reply.within:"
            " 2 is no duration: write 90s, 15m or 4h"
        ),
        "sla.yaml:11:3: alerts.routes: the last route must catch all: leave out match",
        (
            "sla.yaml:11:21: alerts.routes.0.match.policy:"
            " no policy 'al': did you mean 'all'?"
        ),
        (
            "sla.yaml:11:39: alerts.routes.0.to.then:"
            " no receiver 'op': did you mean 'ops'?"
        ),
    ]


def test_a_mistyped_key_does_not_make_its_names_unknown():
    """One fault; and of a receiver whose value is wrong the name is known."""
    key = GOOD.replace("queues:", "queus:").replace("tier: vip", "queue: sales")
    value = GOOD.replace("{channel: C1}", "{channel: ops}")

    assert [line.split(": ")[1] for line in faults(key)] == ["queus"]
    path = "alerts.receivers.ops.slack.channel"
    assert [line.split(": ")[1] for line in faults(value)] == [path]


def test_whatever_is_written_where_a_name_is_due_is_told():
    """No list, mapping, number or nothing breaks the search for names."""
    for wrong in ("[ops]", "{a: {b: [1]}}", "7", "", "[[x], {}]", "2026-01-01"):
        for place in ("to: ops", "name: vip", '["whatsapp:1"]', "tier: vip"):
            key = place.partition(": ")[0] if ": " in place else ""
            text = GOOD.replace(place, f"{key}: {wrong}" if key else wrong or "[]")
            assert all(line.startswith("sla.yaml:") for line in faults(text))


def test_one_fault_is_one_line():
    """A fault in the only policy is not told as a lack of policies, too."""
    text = GOOD.replace(
        "  - name: vip\n    match: {tier: vip}\n    targets: {first_reply: 2m}\n", ""
    )

    assert faults(text.replace("10m", "10")) == [
        (
            "sla.yaml:6:29: policies.0.targets.first_reply.within: "
            "10 is no duration: write 90s, 15m or 4h"
        )
    ]


@pytest.mark.parametrize("text", ["", "- 1\n", "hello\n", "1\n"], ids=repr)
def test_what_is_no_mapping_is_told(text):
    """A file with no mapping in it is told how to begin."""
    assert faults(text) == [
        "sla.yaml:1:1: must be a mapping that starts with version: 1"
    ]


def test_a_control_character_is_a_fault():
    """A character that YAML forbids is a fault of the file, not of the program."""
    assert len(faults(GOOD + "\x07")) == 1


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    """No file, a folder, or bytes that are no UTF-8: one line each."""
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe")
    said = []
    for path in (tmp_path / "none.yaml", tmp_path, binary):
        with pytest.raises(ConfigError) as caught:
            load_config(path)
        said.append(str(caught.value))

    assert said == [
        (
            f"{tmp_path}/none.yaml:1:1: there is no such file: REPLYCLOCK_CONFIG names"
            " the rules file, or --config of a command (FILE of check)"
        ),
        f"{tmp_path}:1:1: Is a directory",
        f"{binary}:1:1: is not UTF-8",
    ]


def test_what_looks_like_a_switch_is_a_name():
    """YAML 1.2: a policy called `no` and a tier called `off` are what they say."""
    text = GOOD.replace("name: vip", "name: no").replace("tier: vip", "tier: off")

    policy = parse_config(text, "sla.yaml").rules().book.policies[0]
    assert (policy.name, policy.match) == ("no", {"tier": frozenset({"off"})})


def test_a_list_means_any_of():
    """A match may have one value or a list of them."""
    text = GOOD.replace("tier: vip", "tier: [vip, gold], channel: whatsapp")

    policy = parse_config(text, "sla.yaml").rules().book.policies[0]
    assert policy.match == {
        "tier": frozenset({"vip", "gold"}),
        "channel": frozenset({"whatsapp"}),
    }


def test_the_contracts_example_is_read_as_it_stands():
    """Section 5 of the contract, word for word, without a fault."""
    config = load_config(ROOT / "tests" / "data" / "config" / "contract.yaml")
    rules = config.rules()
    vip, messenger, *_ = rules.book.policies

    assert rules.calendar_name(vip.targets[0], vip, "sales") == "always"
    assert [target.measure.value for target in vip.targets] == [
        "first_reply",
        "next_reply",
        "resolution",
    ]
    assert messenger.target(Measure.FIRST_REPLY).points(900_000) == (
        450_000,
        720_000,
        900_000,
    )
    assert messenger.pause_on == {
        Status.WAITING_ON_CUSTOMER,
        Status.ON_HOLD,
        Status.SNOOZED,
    }
    assert config.silence_after == 1_800_000
    assert rules.queues["whatsapp", "106540352242922"] == "sales"
    # Christmas is closed by holiday, its eve by date, New Year's eve is half a day.
    office = rules.calendar("office")
    open_days = office.open_intervals(
        parse_rfc3339("2026-12-23T23:00:00Z"), parse_rfc3339("2026-12-31T23:00:00Z")
    )
    assert [rfc3339(begin)[:16] for begin, _ in open_days] == [
        "2026-12-28T08:00",
        "2026-12-28T12:00",
        "2026-12-29T08:00",
        "2026-12-29T12:00",
        "2026-12-30T08:00",
        "2026-12-30T12:00",
        "2026-12-31T08:00",
    ]


ODD = "is none: nobody will find the customer; set it, or queues.*.link"
TO_NOBODY = {
    "Nothing is set.": (GOOD, [ODD]),
    "It is none on purpose.": (
        GOOD.replace("alerts:\n", "alerts:\n  show_customer: none\n"),
        [ODD],
    ),
    "The last digits are something.": (
        GOOD.replace("alerts:\n", "alerts:\n  show_customer: last4\n"),
        [],
    ),
    "Each queue has a link.": (
        GOOD.replace('1"]', '1"], link: "https://x.y/{conversation}"'),
        [],
    ),
    "One queue has none.": (
        GOOD.replace('1"]', '1"], link: "https://x.y"').replace(
            "queues:\n", "queues:\n  two: {}\n"
        ),
        [ODD],
    ),
}


@pytest.mark.parametrize(("text", "said"), TO_NOBODY.values(), ids=TO_NOBODY)
def test_an_alert_of_nobody_is_odd(text, said):
    """Who gets an alert is to find the customer: by a name, digits, or a link."""
    odd = dict(oddities(parse_config(text, "sla.yaml"), 2026))

    assert [odd[path] for path in odd if path[-1] == "show_customer"] == said


def test_who_is_told_of_nothing_and_what_nobody_is_told_of_is_odd():
    """A receiver that nothing leads to, and a queue that only the last route takes."""
    text = (
        GOOD.replace("queues:\n", "queues:\n  idle: {}\n")
        .replace("routes: [", "routes: [{match: {queue: sales}, to: ops}, ")
        .replace("receivers: {", "receivers: {spare: {slack: {channel: C2}}, ")
    )
    odd = dict(oddities(parse_config(text, "sla.yaml"), 2026, CHANNELS))

    said = "no route names it: its alerts go to the last route"
    assert odd["queues", "idle"] == said
    assert ("queues", "sales") not in odd
    said = "no route, escalation or fallback leads to it"
    assert odd["alerts", "receivers", "spare"] == said
    assert ("alerts", "receivers", "ops") not in odd


ROUTES = {
    "Its account has a route.": ('{match: {account: "2"}, to: ops}', []),
    "Its channel has one.": ("{match: {channel: email}, to: ops}", []),
    "Another channel has one.": (
        "{match: {channel: sms}, to: ops}",
        ["alerts.routes.1.match", "queues.two"],
    ),
    "A route stands below one that takes all of it.": (
        "{match: {queue: two}, to: ops}, {match: {queue: two, account: a}, to: ops}",
        ["alerts.routes.2"],
    ),
    "All routes below one without `match` are for nothing.": (
        "{match: {queue: two}, to: ops}, {to: ops}",
        ["alerts.routes.3"],
    ),
}


@pytest.mark.parametrize(("routes", "places"), ROUTES.values(), ids=ROUTES)
def test_a_route_for_nothing_and_a_queue_without_one_are_odd(routes, places):
    """A queue has a route by its name, its account or its channel."""
    text = GOOD.replace("queues:\n", 'queues:\n  two: {accounts: ["email:2"]}\n')
    text = text.replace(
        "[{to", f"[{{match: {{queue: sales}}, to: ops}}, {routes}, {{to"
    )
    odd = dict(oddities(parse_config(text, "sla.yaml"), 2026, CHANNELS))

    found = [".".join(map(str, path)) for path in odd if path[-1] != "show_customer"]
    assert found == places


LED = GOOD.replace(
    "[80%]}}\n", "[80%]}}\n    escalate: [{after: 1m, to: lead}]\n"
).replace("{ops:", "{lead: {slack: {channel: C2}}, ops:")
STEP = ("policies", 1, "escalate")
TELL = ("alerts", "routes", 0, "tell")
CALLS = {
    "Routes tell escalations.": (LED, {}),
    "No route does.": (
        LED.replace("{to: ops}", "{to: ops, tell: [breach]}"),
        {STEP: "calls nobody: no route tells escalations (tell)"},
    ),
    "One does, of another policy.": (
        LED.replace(
            "[{to: ops}]",
            "[{match: {policy: vip}, to: ops}, {to: ops, tell: [breach]}]",
        ),
        {STEP: "calls nobody: no route tells escalations (tell)"},
    ),
    "Its receiver is told of the breach.": (
        LED.replace("1m, to: lead", "1m, to: ops"),
        {
            (*STEP, 0, "to"): "'ops' is told of the breach itself already,"
            " and has no mention to call"
        },
    ),
    "Its receiver is told of the breach, and called once more.": (
        LED.replace("1m, to: lead", "1m, to: ops").replace(
            "{channel: C1}", '{channel: C1, mention: "@here"}'
        ),
        {},
    ),
    "Two steps call one.": (
        LED.replace("lead}]", "lead}, {after: 2m, to: lead}]"),
        {(*STEP, 1, "to"): "'lead' is in two steps: it is called once, by the earlier"},
    ),
    "Warnings are told.": (
        LED.replace("{to: ops}", "{to: ops, tell: [warning]}"),
        {STEP: "calls nobody: no route tells escalations (tell)"},
    ),
    "Warnings are told, and there are none.": (
        GOOD.replace("{to: ops}", "{to: ops, tell: [warning]}")
        .replace("2m", "{within: 2m, warn_at: []}")
        .replace("[80%]", "[]"),
        {TELL: "no policy warns: set warn_at or targets.window"},
    ),
    "The window's are some.": (
        GOOD.replace("{to: ops}", "{to: ops, tell: [warning]}")
        .replace("2m", "{within: 2m, warn_at: []}")
        .replace("[80%]}", "[]}, window: {warn_before: 2h}"),
        {},
    ),
}


@pytest.mark.parametrize(("text", "said"), CALLS.values(), ids=CALLS)
def test_a_call_that_reaches_nobody_is_odd(text, said):
    """Steps and routes that tell nobody anything are warned of."""
    odd = dict(oddities(parse_config(text, "sla.yaml"), 2026))

    assert {p: odd[p] for p in odd if "escalate" in p or p[-1] == "tell"} == said


def test_a_route_that_tells_nothing_is_a_fault():
    """To tell nobody of some conversations, give them no promise."""
    (fault,) = faults(GOOD.replace("{to: ops}", "{to: ops, tell: []}"))
    assert "alerts.routes.0.tell" in fault
    (fault,) = faults(GOOD.replace("{to: ops}", "{to: ops, tell: [breeches]}"))
    assert "alerts.routes.0.tell" in fault


def test_a_queue_that_nobody_hears_is_odd():
    """All of its routes tell of warnings only; a step would be told by none, too."""
    only = GOOD.replace("{to: ops}", "{to: ops, tell: [warning]}")
    said = ("queues", "sales"), "nobody hears of its broken promises (tell)"
    assert said in [*oddities(parse_config(only, "sla.yaml"), 2026)]
    for tell in ("[breach]", "[escalation]"):
        heard = GOOD.replace("{to: ops}", f"{{to: ops, tell: {tell}}}")
        assert said not in [*oddities(parse_config(heard, "sla.yaml"), 2026)]


def test_a_time_of_the_day_is_quoted():
    """What YAML takes for a number, and what is no time, is said."""

    def at(written: str) -> str:
        return GOOD.replace("{ops: {", f"{{ops: {{digest: {written}, ")

    config = parse_config(at('"08:45"'), "sla.yaml")
    assert config.alerts.receivers["ops"].digest == 8 * 60 + 45
    for wrong in ('"8:45"', '"24:00"', "morning", "1045"):
        (fault,) = faults(at(wrong))
        assert "alerts.receivers.ops.digest" in fault
        assert 'is no time of the day: write "08:45", in quotes' in fault
