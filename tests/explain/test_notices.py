"""Who was told, between the transitions of the clock that it is about."""

from typing import Any

from stream.explain.notice import Notice, NoticeKind
from stream.explain.plain import plain
from stream.explain.story import SessionStory, add_notices, stories
from stream.explain.words import Words
from stream.sla.facts import Measure
from tests.explain.test_story import RULES
from tests.timelines import Timeline, at, customer, reply

ZONE = "Europe/Budapest"
LATE = Timeline(RULES).play(customer(0, queue="sales"), 14, 15, reply(30, by="ana"))


def notice(kind: NoticeKind, minute: float | None, **known: Any) -> Notice:
    known = {"receiver": "sales-slack", "place": "Slack C1"} | known
    when = None if minute is None else at(minute)
    return Notice(kind=kind, measure=Measure.FIRST_REPLY, cycle=at(0), at=when, **known)


def story(*notices: Notice) -> list[SessionStory]:
    told = stories(LATE.facts)
    add_notices(told, notices)
    return told


def lines(*notices: Notice) -> list[str]:
    """What the first reply's clock tells, without its head, sums and brackets."""
    (session,) = story(*notices)
    said = list(Words(RULES, ZONE).clock(session.clocks[0], session.start.at))[3:-1]
    return [line.strip().partition(" [held")[0] for line in said]


def test_notices_stand_in_order_of_time():
    """After the breach that they are about, before what came later."""
    sent = notice(NoticeKind.SENT, 16)
    edited = notice(NoticeKind.EDITED, 30, says="answered")

    assert lines(sent, edited) == [
        "Tue 23:13:20  the clock starts",
        "Tue 23:26:20  a warning point passes",
        "Tue 23:28:20  the deadline passes: breached",
        "Tue 23:29:20  an alert is sent [to sales-slack, Slack C1]",
        "Tue 23:43:20  answered, too late by ana",
        (
            "Tue 23:43:20  or later the alert is edited: answered"
            " [to sales-slack, Slack C1]"
        ),
    ]


def test_a_notice_is_never_before_its_breach():
    """Slack's clock may be behind the worker's; its time is told as it is."""
    assert lines(notice(NoticeKind.SENT, 14.9))[2:4] == [
        "Tue 23:28:20  the deadline passes: breached",
        "Tue 23:28:14  an alert is sent [to sales-slack, Slack C1]",
    ]


def test_what_has_no_time_is_told_last():
    """That nobody was told is the end of the clock's story."""
    nothing = notice(NoticeKind.OVER, None, receiver=None, place=None)

    assert lines(nothing)[-1] == "no alert was sent: the wait was over before"


def test_every_kind_has_words():
    """No notice ends the story with an error."""
    for kind in NoticeKind:
        assert len(lines(notice(kind, 16))) == 5


def test_notices_for_programs():
    """Those of each clock; null, with the reason, when nobody knows."""
    told = story(notice(NoticeKind.SENT, 16))
    known, unknown = plain(told, RULES, None), plain(told, RULES, "redis is away")

    first, resolution = known["sessions"][0]["clocks"]
    assert known["notices_unknown"] is None
    assert resolution["notices"] == []
    assert first["notices"] == [
        {
            "kind": "sent",
            "at": "2023-11-14T22:29:20.000Z",
            "receiver": "sales-slack",
            "place": "Slack C1",
            "says": None,
        }
    ]
    assert unknown["notices_unknown"] == "redis is away"
    assert {clock["notices"] for clock in unknown["sessions"][0]["clocks"]} == {None}


def test_a_shadow_is_never_told():
    """A policy that is only tried alerts nobody: the notice is the real clock's."""
    (session,) = stories(LATE.facts)
    session.clocks[0].shadow = True
    add_notices([session], [notice(NoticeKind.SENT, 16)])

    assert session.clocks[0].notices == []
