"""What people read, for every state, and Slack's limits."""

import json
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import Alert, Told
from alerts.customer import Shown
from alerts.folding import fold
from alerts.slack.blocks import message_of
from alerts.slack.calling import Call
from alerts.slack.details import details_of
from dev.slack.rules import EDITED_TEXT_LIMIT, check_content
from stream.sla.facts import Fact, FactKind, Reason
from stream.sla.instants import HOUR
from tests.alerts.cycles import Cycle

CYCLE = Cycle(link="https://desk.example/c/a3f9", assignee="agent:12")


def alert(*facts: Fact) -> Alert:
    folded = fold(Told.of(fact, offset) for offset, fact in enumerate(facts))
    assert folded is not None
    return folded


def test_breached() -> None:
    """A breach says who is asked, since when, the rule, and where to go."""
    message = message_of(alert(CYCLE.breached()), "@here")

    assert message.text == (
        "🔴 sales: no first reply within 30 min"
        " (WhatsApp, since 2026-11-23 09:00:00 UTC, conversation whatsapp:1:a3f9)"
    )
    assert message.blocks == [
        {
            "type": "header",
            "text": {
                "type": "plain_text",
                "text": "🔴 sales: no first reply within 30 min",
                "emoji": True,
            },
        },
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "<!here> *Nobody has replied yet.*"},
            "fields": [
                {
                    "type": "mrkdwn",
                    "text": "*Waiting since*\n"
                    "<!date^1795424400^{time_secs}|2026-11-23 09:00:00 UTC>",
                },
                {
                    "type": "mrkdwn",
                    "text": "*Deadline*\n<!date^1795426200^{date_short_pretty}"
                    " {time_secs}|2026-11-23 09:30:00 UTC>",
                },
                {"type": "mrkdwn", "text": "*Target*\nfirst reply within 30 min"},
                {"type": "mrkdwn", "text": "*Channel*\nWhatsApp"},
                {"type": "mrkdwn", "text": "*Assigned to*\nagent:12"},
            ],
        },
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "open_conversation",
                    "style": "primary",
                    "text": {
                        "type": "plain_text",
                        "text": "Open conversation",
                        "emoji": True,
                    },
                    "url": "https://desk.example/c/a3f9",
                }
            ],
        },
        {
            "type": "context",
            "elements": [
                {
                    "type": "mrkdwn",
                    "text": "Policy *everyone* · conversation `whatsapp:1:a3f9`",
                }
            ],
        },
    ]


def test_details() -> None:
    """What the message leaves out: which rules, noticed when, where to look further."""
    assert details_of(alert(CYCLE.breached())) == [
        "Policy *everyone*, version 3f2a9c01d4e5",
        (
            "Noticed 2.1 s after the deadline, at"
            " <!date^1795426202^{time_secs}|2026-11-23 09:30:02 UTC>"
        ),
        "Account 106540352242922",
        "Conversation `whatsapp:1:a3f9`",
        "Its story: `replyclock explain whatsapp:1:a3f9`",
    ]


def test_answered() -> None:
    """A late answer says by whom, when and after how long, and calls nobody."""
    message = message_of(alert(CYCLE.breached(), CYCLE.answered()), "@here")

    assert message.blocks[0]["text"]["text"] == "🟡 sales: answered 12 min late"
    assert message.blocks[1]["text"]["text"] == (
        "Answered by agent:7 at"
        " <!date^1795426920^{time_secs}|2026-11-23 09:42:00 UTC>, after 42 min."
    )
    assert message.blocks[1]["fields"][0]["text"] == (
        "*Waited*\n42 min, from <!date^1795424400^{time_secs}|2026-11-23 09:00:00 UTC>"
    )
    assert message.blocks[3]["elements"][0]["text"] == (
        "<!date^1795426200^{time_secs}|2026-11-23 09:30:00 UTC> promise broken"
        " → <!date^1795426920^{time_secs}|2026-11-23 09:42:00 UTC> answered"
    )


def no_reply_needed() -> Fact:
    return CYCLE.fact(
        FactKind.CANCELLED, CYCLE.warned().at, reason=Reason.NO_REPLY_NEEDED
    )


TITLES = {
    "the end without a reply": (
        [CYCLE.breached(), CYCLE.ended()],
        "⚪ sales: closed, never answered",
        "Closed at ",
    ),
    "a close before the deadline": (
        [CYCLE.breached(), CYCLE.cancelled()],
        "⚪ sales: closed before the deadline",
        "the news arrived late",
    ),
    "a reply in time": (
        [CYCLE.breached(), CYCLE.retracted(), CYCLE.met()],
        "🟢 sales: was answered in time",
        "the news arrived late",
    ),
    "a warning": (
        [CYCLE.warned()],
        "🟠 sales: no first reply yet, due within 6 min",
        "*Nobody has replied yet*, and somebody should by ",
    ),
    "a reply after a warning": (
        [CYCLE.warned(), CYCLE.met()],
        "🟢 sales: answered in time",
        "Answered by agent:7 at ",
    ),
    "a reply after a warning that was not delivered": (
        [CYCLE.warned(), CYCLE.met(25), CYCLE.taken_back(26)],
        "🟠 sales: waiting again, reply not delivered",
        "*The customer waits again.*",
    ),
    "what needs no reply after a warning": (
        [CYCLE.warned(), no_reply_needed()],
        "⚪ sales: marked as needing no reply before the deadline",
        "Nothing to do.",
    ),
    "a reply that was not delivered": (
        [CYCLE.breached(), CYCLE.answered(), CYCLE.taken_back()],
        "🔴 sales: waiting again, reply not delivered",
        "*The customer waits again.*",
    ),
    "a reply that was a bot's": (
        [
            CYCLE.breached(),
            CYCLE.answered(),
            CYCLE.taken_back(reason=Reason.RECLASSIFIED),
        ],
        "🔴 sales: waiting again, reply does not count",
        "*The customer waits again.*",
    ),
}


@pytest.mark.parametrize(("facts", "title", "said"), TITLES.values(), ids=TITLES)
def test_title(facts: list[Fact], title: str, said: str) -> None:
    """Each state has its own header of at most ten words, and says what happened."""
    message = message_of(alert(*facts))

    assert message.blocks[0]["text"]["text"] == title
    assert said in message.blocks[1]["text"]["text"]
    assert len(title.split()) <= 10


def test_days_are_shown_when_they_differ() -> None:
    """An answer of the next day carries its date."""
    facts = [CYCLE.breached(), CYCLE.answered(minutes=30 * 60)]

    said = message_of(alert(*facts)).blocks[1]["text"]["text"]

    assert "{date_short_pretty}" in said
    assert said.endswith("after 1 d 6 h.")


@pytest.mark.parametrize(
    "link", [None, "javascript:alert(1)", "https://x/" + "a" * 3000]
)
def test_no_button_without_a_usable_link(link: str | None) -> None:
    """A link that Slack would refuse makes no button."""
    blocks = message_of(alert(Cycle(link=link).breached())).blocks

    assert [block["type"] for block in blocks] == ["header", "section", "context"]


def test_foreign_words_are_escaped() -> None:
    """Nothing from outside can call a channel or make a link."""
    cycle = Cycle("<!channel>", queue="<q>", policy="<!here>", assignee="<@U1>")
    message = message_of(alert(cycle.breached(), cycle.answered(author="<!everyone>")))

    said = json.dumps([message.text, *message.blocks[1:]])
    for word in ("<!channel>", "<!here>", "<@U1>", "<!everyone>", "<q>"):
        assert word not in said


NAMES = {
    "calls a channel": ("<!channel> @here #ops", "<!channel> @here #ops"),
    "is markup": ("*Ana* _x_ `y` &amp;", "*Ana* _x_ `y` &amp;"),
    "breaks the line": ("Ana\n\r\t*Deadline*\u2028\x00 x", "Ana *Deadline* x"),
    "turns the line round": ("\u202eanA\u2066 \u200bx", "anA x"),
    "is long": ("x" * 500, "x" * 79 + "…"),
    "is not Latin": ("Зоя 李 👩 ñ", "Зоя 李 👩 ñ"),
}


@pytest.mark.parametrize(("called", "said"), NAMES.values(), ids=NAMES)
def test_a_customers_name_is_one_short_line(called: str, said: str) -> None:
    """In plain text, which has no markup and pings nobody; no lock screen shows it."""
    message = message_of(alert(CYCLE.breached()), None, Shown(customer=called))

    assert message.blocks[1]["fields"][0] == {
        "type": "plain_text",
        "text": f"Customer\n{said}",
        "emoji": False,
    }
    rest = json.dumps([message.text, message.blocks[0], *message.blocks[2:]])
    assert said not in rest
    check_content(message.text, message.blocks, text_limit=EDITED_TEXT_LIMIT)


def test_the_queues_link_is_for_who_has_none() -> None:
    """The event's own address first, then the queue's."""
    shown = Shown(link="https://desk.example/of-the-queue")
    for cycle, url in (
        (CYCLE, "https://desk.example/c/a3f9"),
        (Cycle(), "https://desk.example/of-the-queue"),
    ):
        actions = message_of(alert(cycle.breached()), None, shown).blocks[2]
        assert actions["elements"][0]["url"] == url


WORDS = st.text(min_size=1, max_size=600)


@given(WORDS, WORDS, WORDS, WORDS, st.integers(1, 400 * 24 * HOUR))
def test_any_words_stay_within_slacks_limits(
    conversation: str, queue: str, policy: str, author: str, waited: int
) -> None:
    """Whatever the facts say, Slack's rules for blocks hold, also for an edit."""
    cycle = Cycle(conversation, queue=queue, policy=policy, assignee=author)
    facts = [
        *(cycle.warned(), cycle.breached(), cycle.escalated(45, policy)),
        cycle.answered(waited / 60_000, author=author),
    ]
    calls = [None] + [
        Call(cause=facts[2], receiver=policy, in_thread=is_reply, link="https://x/y")
        for is_reply in (False, True)
    ]
    for count, call in product((1, 2, 4), calls):
        shown = Shown(customer=author, link=f"https://{queue}")
        message = message_of(alert(*facts[:count]), "@here", shown, call=call)

        check_content(message.text, message.blocks, text_limit=EDITED_TEXT_LIMIT)
