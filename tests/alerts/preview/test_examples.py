"""Every kind of message, made by the real rules of a config."""

from pathlib import Path

import pytest

from alerts.preview.examples import Example, examples
from alerts.preview.kinds import NAMES
from dev.slack.rules import TEXT_LIMIT, check_content
from stream.config import Config, load_config, parse_config

ROOT = Path(__file__).parents[3]
FULL = load_config(ROOT / "config" / "full.yaml")
SMALL = """
version: 1
timezone: Europe/Budapest
calendars: {office: {week: {mon-fri: ["08:00-16:00"]}}}
queues:
  sales: {accounts: ["whatsapp:1065"], calendar: office, link: "https://d.example/{number}"}
policies:
  - {name: prompt, match: {tier: vip}, targets: {next_reply: 5m}}
  - {name: only, targets: {first_reply: 15m}}
alerts:
  show_customer: name
  routes: [{match: {policy: prompt}, to: vips}, {to: all}]
  receivers:
    vips: {slack: {channel: C0VIPS, mention: "@here"}}
    all: {slack: {channel: C0ALL}}
"""


def made(config: Config, *kinds: str) -> dict[str, Example]:
    return {each.kind: each for each in examples(config, kinds or NAMES)}


def title(example: Example) -> str:
    text: str = example.message.blocks[0]["text"]["text"]
    return text.partition(" ")[2]


def said(example: Example) -> str:
    return str(example.message.blocks)


def test_each_kind_says_what_it_is():
    """Every kind once, in the order of their names, under the rules of the file."""
    found = made(FULL)

    assert [*found] == [*NAMES]
    assert {name: title(example) for name, example in found.items()} == {
        "first_reply": "sales: no first reply within 5 min of opening hours",
        "next_reply": "support: no next reply within 5 min",
        "resolution": "uk: not resolved within 1 d",
        "window": "sales: no free reply within 1 d",
        "answered": "support: answered 12 min of opening hours late",
        "ended": "uk: closed, never answered",
        "cancelled": "sales: closed before the deadline",
        "retracted": "support: was answered in time",
        "waiting_again": "uk: waiting again, reply not delivered",
        "warning": "sales: no first reply yet, due within 1 min",
        "kept": "sales: answered in time",
        "taken": "uk: no first reply within 5 min of opening hours",
        "snoozed": "sales: no first reply within 5 min of opening hours",
        "muted": "support: no first reply within 30 min of opening hours",
        "called": "*The promise is broken.* *Nobody has replied yet.*",
        "escalation": "sales: no first reply within 2 min",
        "storm": "support, unrouted: 22 wait, 212 promises broken",
        "storm_over": "support, unrouted: storm over, nobody waits, 212 promises"
        " broken",
        "downtime": "support, unrouted, while we were away: 212 broken, 190 answered"
        " since, 22 wait",
        "opening": "support, unrouted, while you were closed: 212 broken, 190 answered"
        " meanwhile, 22 wait",
        "unmuted": "support, unrouted, while muted: 212 broken, 190 answered"
        " meanwhile, 22 wait",
        "returns": "support, unrouted, taken and not done: 22 wait, 212 promises"
        " broken",
        "escalations": "support, unrouted, escalated: 22 wait, 212 promises broken",
        "fallbacks": "support, unrouted, told here as well: 22 wait, 212 promises"
        " broken",
        "summary": "4 promises were broken and noticed late; nobody waits any more",
        "digest": "Yesterday, Sun 1 Mar: 3 of 96 promises broken (3.1%), 1 still waits",
    }
    assert [name for name in found if not found[name].is_own] == ["called"]


def test_what_people_did_stands_on_it():
    """Who, when and until when; and the counterpart to press."""
    found = made(load_config(ROOT / "config" / "full.yaml"))
    for kind, words, button in (
        ("taken", "Taken by <@U0ANA> at", "Give back"),
        ("snoozed", "Snoozed by <@U0ANA> at", "Wake"),
        ("muted", "<@U0ANA> muted *support* at", "Unmute queue"),
    ):
        assert words in said(found[kind])
        assert button in said(found[kind])


@pytest.mark.parametrize("file", ["sla.yaml", "full.yaml"])
def test_slack_would_take_each(file):
    """By its rules for blocks and lengths, whatever the config."""
    for example in examples(load_config(ROOT / "config" / file)):
        message = example.message
        check_content(message.text, message.blocks, text_limit=TEXT_LIMIT)


def test_the_config_is_the_users():
    """Its queues, calendars, routes, mentions, link and customer stand there."""
    found = made(parse_config(SMALL, "sla.yaml"))
    first, following = found["first_reply"], found["next_reply"]

    assert (first.receiver, first.channel) == ("all", "C0ALL")
    assert "15 min of opening hours" in title(first)
    assert "Ana Example …0142" in said(first)
    assert "https://d.example/12025550142" in said(first)
    assert "<!here>" not in said(first)
    assert (following.receiver, following.channel) == ("vips", "C0VIPS")
    assert "<!here>" in said(following)


def test_the_customer_is_shown_as_far_as_the_file_says():
    """`show_customer: none` shows nobody, not even a made-up one."""
    config = parse_config(SMALL.replace("customer: name", "customer: none"), "sla.yaml")

    assert "Ana" not in said(made(config, "first_reply")["first_reply"])


def test_what_the_file_never_says_is_under_other_rules():
    """And it is marked so; what the file says is not."""
    found = made(parse_config(SMALL, "sla.yaml"))

    others = {name for name, example in found.items() if not example.is_own}
    assert others == {
        *("resolution", "window", "warning", "kept", "called", "escalation", "digest")
    }
    assert found["window"].receiver == "example"
    assert found["window"].plain()["rules"] == "example"


HOUR = "targets: {first_reply: 1h}}"


@pytest.mark.parametrize(
    "policies",
    [
        f"[{{name: n, match: {{hours: closed}}, {HOUR}]",
        f"[{{name: n, match: {{tag: vip, priority: high}}, {HOUR}]",
        f'[{{name: n, match: {{account: "messenger:9"}}, {HOUR}]',
        f'[{{name: n, match: {{account: "eu:support"}}, {HOUR}]',
        f"[{{name: n, match: {{channel: email}}, {HOUR}]",
        f"[{{name: a, match: {{tier: x}}, targets: none}}, {{name: n, {HOUR}]",
        f"[{{name: s, shadow: true, {HOUR}, {{name: n, {HOUR}]",
    ],
    ids=[
        *("hours", "tag and priority", "account", "account with a colon"),
        *("channel", "no promise", "shadow"),
    ],
)
def test_a_story_plays_where_the_policy_applies(policies):
    """Whatever a policy asks for, the made-up conversation has it."""
    start, end = SMALL.index("policies:"), SMALL.index("alerts:")
    text = f"{SMALL[:start]}policies: {policies}\n{SMALL[end:]}"
    text = text.replace("policy: prompt", "policy: n")
    (first,) = examples(parse_config(text, "sla.yaml"), ["first_reply"])

    assert first.is_own
    assert "Policy *n*" in said(first)


def test_a_promise_that_is_never_broken_is_under_other_rules():
    """Where silence ends the wait before, the rules never say that it is broken."""
    text = SMALL.replace(
        "version: 1", "version: 1\nabandon_after: 10m\nsession_gap: 5m"
    )
    (first,) = examples(parse_config(text, "sla.yaml"), ["first_reply"])

    assert not first.is_own


def test_a_wait_that_silence_ends_is_no_late_answer():
    """What comes to something else than its kind says is not shown as that."""
    text = SMALL.replace(
        "version: 1", "version: 1\nabandon_after: 16m\nsession_gap: 5m"
    )
    found = made(parse_config(text, "sla.yaml"), "first_reply", "answered")

    assert found["first_reply"].is_own
    assert title(found["answered"]) == "example: answered 12 min late"


def test_no_example_says_what_was_not():
    """Only what was answered in time says so, though all of them took steps."""
    found = made(FULL)

    in_time = [name for name in found if "found answered in time" in said(found[name])]
    assert in_time == ["retracted"]


def test_two_previews_are_the_same():
    """So they differ where two configs do."""
    assert [e.plain() for e in examples(FULL)] == [e.plain() for e in examples(FULL)]


WARNS = SMALL.replace(
    "first_reply: 15m}", "first_reply: {within: 15m, warn_at: [50%]}}"
)
ALL = "tell: [warning, breach, escalation]"


def test_warnings_are_shown_where_a_route_tells_them():
    """And what becomes of one; with a mention, that it is called for the breach."""
    config = parse_config(WARNS, "sla.yaml")
    assert not made(config, "warning")["warning"].is_own
    assert "warned" not in said(made(config, "answered")["answered"])

    config = parse_config(WARNS.replace("{to: all}", f"{{to: all, {ALL}}}"), "sla.yaml")
    found = made(config, "warning", "kept", "called", "answered")
    assert {name for name in found if found[name].is_own} == {
        *("warning", "kept", "answered")
    }
    assert "warned" in said(found["answered"])

    text = WARNS.replace("{to: all}", f"{{to: vips, {ALL}}}")
    called = made(parse_config(text, "sla.yaml"), "called")["called"]
    assert called.is_own
    assert said(called).count("<!here>") == 1


def test_an_escalation_is_shown_where_it_is_posted():
    """In its receiver's channel with a link to the first, or in that one's thread."""
    steps = "first_reply: 15m}, escalate: [{after: 5m, to: vips}]"
    text = SMALL.replace("first_reply: 15m}", steps)
    found = made(parse_config(text, "sla.yaml"), "escalation")["escalation"]
    assert (found.is_own, found.channel) == (True, "C0VIPS")
    assert "archives/C0ALL/" in said(found)

    text = text.replace("C0VIPS", "C0ALL")
    found = made(parse_config(text, "sla.yaml"), "escalation")["escalation"]
    assert title(found).startswith("*The promise is still broken 5 min")


def test_a_digest_is_shown_of_the_receivers_queues():
    """To the first that has one, with numbers that are made up."""
    text = SMALL.replace("{slack: {channel: C0ALL}}", DIGESTED)
    found = made(parse_config(text, "sla.yaml"), "digest")["digest"]

    assert (found.is_own, found.receiver) == (True, "all")
    assert "*sales*" in said(found)


DIGESTED = '{slack: {channel: C0ALL}, digest: "08:45"}'
