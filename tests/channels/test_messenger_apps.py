"""Handover at a page: whom a thread is passed to, and what the clocks make of it."""

from functools import partial
from typing import Any

import pytest

from stream.channels.messenger import parse
from stream.channels.reading import DEFAULT_OPTIONS, NO_APP, Options
from stream.config import parse_config
from stream.sla.events import AssignmentEvent, AuthorKind, Channel
from tests.bodies import MS as START
from tests.bodies import messenger
from tests.channels.test_messenger import AT, BEA, MS, NOW, part, read
from tests.channels.test_one_person import orders, stands, told

INBOX, BOT, DESK, OTHER = "263902037430900", "42", "43", "44"
OPTIONS = Options(
    apps={BOT: AuthorKind.BOT, DESK: AuthorKind.AGENT, NO_APP: AuthorKind.BOT}
)


def passed(owner: object, key: str = "pass_thread_control") -> dict[str, Any]:
    return part(**{key: {"new_owner_app_id": owner, "previous_owner_app_id": 1}})


def test_a_thread_passed_to_the_inbox_is_handed_to_people() -> None:
    """The whole event, field by field."""
    assert read(passed(INBOX)).events == (
        AssignmentEvent(
            v=1,
            event_id=f"messenger:900:control:{MS}:{BEA}:page_inbox",
            occurred_at=AT,
            received_at=NOW,
            conversation_id=f"messenger:900:{BEA}",
            channel=Channel.MESSENGER,
            account="900",
            customer=BEA,
            assignee="page_inbox",
        ),
    )


@pytest.mark.parametrize("key", ["pass_thread_control", "take_thread_control"])
@pytest.mark.parametrize(
    ("owner", "assignee"),
    [
        (int(INBOX), "page_inbox"),
        ("26390203743090", "page_inbox"),
        (int(DESK), "app:43"),
        (int(BOT), None),
        (None, None),
    ],
    ids=["inbox, a number", "inbox, as Meta prints it", "a desk", "a bot", "idle"],
)
def test_the_new_owner_is_people_or_nobody(
    owner: object, assignee: str | None, key: str
) -> None:
    """A tool of people has it; a bot that has it again is no assignee."""
    (event,) = read(passed(owner, key), options=OPTIONS).events

    assert isinstance(event, AssignmentEvent)
    assert event.assignee == assignee


def test_an_inbox_that_the_owner_calls_a_bot_is_one() -> None:
    """`apps:` knows better than we."""
    options = Options(apps={INBOX: AuthorKind.BOT})

    (event,) = read(passed(INBOX), options=options).events

    assert isinstance(event, AssignmentEvent)
    assert event.assignee is None


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (passed(OTHER), "unknown_owner"),
        (part(take_thread_control={"previous_owner_app_id": 1}), "owner_not_told"),
        (passed({}), "malformed"),
        (
            part(request_thread_control={"requested_owner_app_id": INBOX}),
            "request_thread_control",
        ),
        (part(app_roles={INBOX: ["primary_receiver"]}), "app_roles"),
    ],
    ids=["an app nobody named", "not told", "broken", "only asked for", "roles"],
)
def test_what_hands_nothing_over_is_counted(
    fields: dict[str, Any], reason: str
) -> None:
    """Each by its own reason; a guess would start a clock for nobody."""
    parsed = read(fields, options=OPTIONS)

    assert (parsed.events, parsed.ignored) == ((), {reason: 1})


def test_what_every_subscribed_app_gets_is_one_event() -> None:
    """The same hand-over in `messaging` and in `standby`, with one name."""
    control = passed(INBOX)

    events = read(control, standby=[control]).events

    assert len({event.event_id for event in events}) == 1


RULES = parse_config(
    """
version: 1
policies: [{name: all, targets: {first_reply: 5m, next_reply: 5m}, count_bot: true}]
alerts: {routes: [{to: s}], receivers: {s: {slack: {channel: C0AAAAAA}}}}
""",
    "sla.yaml",
).rules()


def story(*steps: tuple[int, dict[str, Any]]) -> list[dict[str, Any]]:
    return [messenger(timestamp=START + s * 1000, **said) for s, said in steps]


def says(mid: str, app: str | None = None) -> dict[str, Any]:
    if app is None:
        return {"message": {"mid": mid}}
    message = {"mid": mid, "is_echo": True, "app_id": app}
    return {"from_page": True, "message": message}


def passes(owner: str) -> dict[str, Any]:
    return {"pass_thread_control": {"new_owner_app_id": owner}}


BOT_THEN_PEOPLE = [
    (0, says("q1")),
    (2, says("b1", BOT)),
    (60, passes(INBOX)),
    (90, says("a1", INBOX)),
]
ONCE = [("first_reply", "met", 2_000), ("next_reply", "met", 30_000)]


def test_a_hand_over_from_a_bot_starts_the_humans_clock() -> None:
    """Semantics 2.17, in every order of arrival: from the hand-over to the answer."""
    for order in orders(story(*BOT_THEN_PEOPLE)):
        facts = told(order, partial(parse, options=OPTIONS), RULES)
        assert stands(facts) == ONCE


def test_so_does_the_next_one_after_the_bot_had_it_again() -> None:
    """The bot's turn between them makes the second hand-over one."""
    again = [
        (120, passes(BOT)),
        (130, says("q2")),
        (132, says("b2", BOT)),
        (150, passes(INBOX)),
        (170, says("a2", INBOX)),
    ]
    bodies = story(*BOT_THEN_PEOPLE, *again)

    for order in orders(bodies, most=60):
        assert sorted(stands(told(order, partial(parse, options=OPTIONS), RULES))) == [
            *ONCE[:1],
            ("next_reply", "met", 2_000),
            ("next_reply", "met", 20_000),
            ("next_reply", "met", 30_000),
        ]


def test_passed_to_a_bot_no_human_is_awaited() -> None:
    """The bot's answer stands, and nobody's clock starts."""
    bodies = story(*BOT_THEN_PEOPLE[:2], (60, passes(BOT)))

    facts = told(bodies, partial(parse, options=OPTIONS), RULES)

    assert stands(facts) == ONCE[:1]


def test_without_options_an_app_is_not_known() -> None:
    """Only the page's inbox is."""
    assert read(passed(DESK), options=DEFAULT_OPTIONS).ignored == {"unknown_owner": 1}
