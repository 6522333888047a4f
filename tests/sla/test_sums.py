"""What a session came to, on timelines worked out by hand (ADR 33).

Random conversations in any order are in `test_simulator_oracle.py`.
"""

import pytest
from msgspec.structs import replace

from stream.config import parse_config
from stream.records import decode_fact, encode_fact
from stream.sla.events import AuthorKind, DeliveryState, Nature, Status
from stream.sla.facts import FactKind, Reason, SessionSum
from stream.worker.table import encode_state
from tests.timelines import (
    CONFIG,
    Timeline,
    assigned,
    at,
    closed,
    customer,
    failure,
    reply,
    status,
    tags,
)

CATEGORIES = CONFIG + "categories: [website, delivery]\n"
BOT, SYSTEM, UNKNOWN = AuthorKind.BOT, AuthorKind.SYSTEM, AuthorKind.UNKNOWN
GAP = 24 * 60


def ends(timeline):
    return [f for f in timeline.facts if f.kind is FactKind.SESSION_ENDED]


def test_each_message_is_in_one_count(play):
    """Eight of nine reached the customer; a person's first plain words came at 3."""
    timeline = play(
        customer(0),
        reply(0.05, "b", UNKNOWN),  # after 3 s: nobody types so fast
        reply(1, "auto", nature=Nature.AUTOMATION),
        reply(1, "sys", SYSTEM),
        reply(2, "t", nature=Nature.TEMPLATE),
        reply(2, "call", nature=Nature.CALL),
        reply(3, "a"),
        reply(4, "lost"),
        failure(4, "lost"),
        customer(5, "c2"),
        reply(6, "u", UNKNOWN),
        reply(7, "b2", BOT),
        status(8, Status.RESOLVED),
        customer(9, "c3"),  # reopened
        status(10, Status.RESOLVED),
        9 + GAP,
    )

    assert [(f.at, f.reason, f.session) for f in ends(timeline)] == [
        (
            at(9 + GAP),
            Reason.LAPSED,
            SessionSum(
                agent_replies=2,
                bot_replies=2,
                system_replies=2,
                templates=1,
                calls=1,
                first_human_reply_at=at(3),
                resolved_at=at(10),
                reopened=1,
            ),
        )
    ]


@pytest.mark.parametrize(
    ("steps", "resolved_at"),
    [
        ([reply(1), closed(5)], 5),
        ([closed(5)], None),
        ([reply(1), status(2, Status.RESOLVED), closed(5)], 2),
        ([reply(1), status(2, Status.RESOLVED), status(3, Status.OPEN), closed(5)], 5),
        ([reply(1), 1 + GAP], None),
    ],
    ids=["closed after a reply", "unanswered", "before", "reopened", "lapsed"],
)
def test_when_it_was_resolved(play, steps, resolved_at):
    """As said, else by the close of who replied; silence resolves nothing."""
    (end,) = ends(play(customer(0), *steps))

    assert end.session.resolved_at == (resolved_at and at(resolved_at))


@pytest.mark.parametrize(
    ("said", "categories"),
    [
        (["website", "vip", "delivery"], ("delivery", "website")),
        (["vip"], ("other",)),
        ([], ()),
    ],
)
def test_categories_are_the_tags_that_the_file_names(said, categories):
    """Any other tag is `other`; no tag is not known."""
    rules = parse_config(CATEGORIES, "test.yaml").rules()
    (end,) = ends(Timeline(rules).play(customer(0), tags(1, *said), closed(2)))

    assert end.session.categories == categories


def test_late_news_tells_it_again(play):
    """A reply that failed, and was delivered after all, is three statements."""
    timeline = play(customer(0), reply(1), closed(5), failure(2))
    receipt = replace(failure(3), event_id="d", state=DeliveryState.DELIVERED)
    timeline.play(receipt)
    first, second, third = ends(timeline)

    assert [f.session.agent_replies for f in (first, second, third)] == [1, 0, 1]
    assert [f.session.resolved_at for f in (first, second)] == [at(5), None]
    assert [second.replaces_id, third.replaces_id] == [first.fact_id, second.fact_id]
    assert len({f.fact_id for f in (first, second, third)}) == 3
    assert third.session == first.session


def test_late_news_that_moves_no_clock_tells_it_again(play):
    """What a bot said is nobody's answer, and is in the sum."""
    first, second = ends(play(customer(0), reply(1), closed(5), reply(2, "b", BOT)))

    assert [f.session.bot_replies for f in (first, second)] == [0, 1]


def test_late_news_of_whom_nothing_was_promised_tells_it_again():
    """A session without clocks comes to something, too."""
    nothing = "  - {name: all, targets: none}\nalerts:"
    text = CONFIG.partition("  - {name: vip")[0] + nothing + CONFIG.split("alerts:")[1]
    timeline = Timeline(parse_config(text, "test.yaml").rules())
    found = ends(timeline.play(customer(0), reply(1), closed(5), failure(2)))

    assert timeline.told == []
    assert [f.session.agent_replies for f in found] == [1, 0]


def test_late_news_of_who_had_the_work_tells_it_again(play):
    """A session is of the queue that had it at its end."""
    timeline = play(customer(0), reply(1), closed(5), assigned(4, "billing"))

    assert [f.queue for f in ends(timeline)] == ["sales", "billing"]


def test_what_happens_after_the_end_changes_nothing(play):
    """Words, statuses and assignments behind it are of no session."""
    timeline = play(
        customer(0),
        closed(5),
        reply(6),
        status(7, Status.OPEN),
        assigned(8, "billing"),
        tags(9, "vip"),
        customer(20, "c2"),
        reply(21, "r2"),
    )

    assert len(ends(timeline)) == 1
    late = ends(timeline.play(reply(2, "b", BOT)))[1]
    assert (late.queue, late.session.bot_replies) == ("sales", 1)


def test_what_it_is_about_is_as_of_its_end():
    """Tags that come later are the next one's, also where it is told again."""
    rules = parse_config(CATEGORIES, "test.yaml").rules()
    steps = [customer(0), tags(1, "website"), reply(2), closed(5), tags(6, "delivery")]
    found = ends(Timeline(rules).play(*steps, failure(7)))

    assert [f.session.categories for f in found] == [("website",)] * 2


def test_a_long_session_is_counted_whole_and_kept_small(play):
    """Of 5,000 answers, 200 turns are remembered, and every one is in the sum."""
    timeline = play(customer(0))
    sizes = []
    for number in range(1, 5000):
        timeline.play(reply(number / 10, f"r{number}"))
        if number % 1000 == 500:
            sizes.append(len(encode_state(0, timeline.state)))
    timeline.play(closed(600))
    (end,) = ends(timeline)

    assert end.session.agent_replies == 4999
    assert end.session.first_human_reply_at == at(0.1)
    assert max(sizes) < min(sizes) + 2500 < 12_000


def test_a_customer_is_named_where_the_conversation_does_not(play):
    """Meta's ids end with the pseudonym; a helpdesk's tickets do not."""
    known = replace(customer(0), conversation_id="whatsapp:1:ab12", customer="ab12")
    ticket = replace(customer(0), conversation_id="ticket-7", customer="ab12")

    for first, named in ((known, None), (ticket, "ab12")):
        (end,) = ends(play(first, closed(1)))
        assert end.session.customer == named


def test_it_survives_the_wire(play):
    """As JSON with instants in RFC 3339, and as a fact again."""
    fact = ends(play(customer(0), reply(1), closed(5), failure(2)))[0]

    assert b'"resolved_at":"2023-11-14T22:18:20.000Z"' in encode_fact(fact)
    assert decode_fact(encode_fact(fact)) == fact


def test_an_end_that_late_news_moves_takes_the_place_of_the_one_before(play):
    """Closed on Monday, which is heard on Wednesday, when it had lapsed on Tuesday."""
    timeline = play(customer(0), reply(1), 3 * 1440.0, closed(5))
    first, second = ends(timeline)

    assert [f.reason for f in (first, second)] == [Reason.LAPSED, Reason.CLOSED]
    assert second.replaces_id == first.fact_id
