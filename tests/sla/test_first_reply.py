"""First reply, told as timelines: minutes after the first message, target 10."""

import pytest
from msgspec.structs import replace

from stream.sla.events import AuthorKind, Nature
from stream.sla.facts import FactKind, Reason
from tests.timelines import START, at, closed, customer, failure, reply

BREACH = ["clock_started@0", "warned@5", "warned@8", "breached@10"]

SCENARIOS = {
    "A reply in time meets the promise.": (
        [customer(0), reply(3)],
        ["clock_started@0", "met@3"],
    ),
    "A reply at the very deadline meets it.": (
        [customer(0), 5.0, 8.0, reply(10)],
        ["clock_started@0", "warned@5", "warned@8", "met@10"],
    ),
    "A reply a millisecond after the deadline does not.": (
        [customer(0), reply(10 + 1 / 60_000), 5.0, 8.0, 10.0],
        [*BREACH, "answered_late@10"],
    ),
    "Nobody answers: two warnings and a breach at the deadline.": (
        [customer(0), 5.0, 8.0, 10.0],
        BREACH,
    ),
    "A late answer ends the wait and leaves the breach.": (
        [customer(0), 5.0, 8.0, 10.0, reply(12)],
        [*BREACH, "answered_late@12"],
    ),
    "A worker that was down for an hour tells the same.": (
        [customer(0), reply(12), 5.0, 8.0, 10.0],
        [*BREACH, "answered_late@12"],
    ),
    "Further customer messages never restart the wait.": (
        [customer(0), customer(4, "c2"), customer(9, "c3"), 10.0],
        BREACH,
    ),
    "Closing without a reply cancels, and is no success.": (
        [customer(0), closed(3)],
        ["clock_started@0", "cancelled@3"],
    ),
    "Closing after the breach ends the wait and leaves the breach.": (
        [customer(0), 10.0, closed(15)],
        [*BREACH, "wait_ended@15"],
    ),
    "A failed delivery takes the reply back, and the clock runs from its start.": (
        [customer(0), reply(3), failure(4), 10.0],
        [
            "clock_started@0",
            "met@3",
            "reply_retracted@4 for met",
            *BREACH[1:],
        ],
    ),
    "After a failed delivery a second reply in time meets it.": (
        [customer(0), reply(3), failure(4), reply(4.5, "r2")],
        ["clock_started@0", "met@3", "reply_retracted@4 for met", "met@4.5"],
    ),
    "A failure that is known before its reply: the reply never counts.": (
        [customer(0), failure(4), reply(3)],
        ["clock_started@0"],
    ),
    "A reply in time that comes to light after the breach retracts it.": (
        [customer(0), 10.0, reply(9)],
        [*BREACH, "breach_retracted@9 for breached", "met@9"],
    ),
    "A close in time that comes to light after the breach retracts it.": (
        [customer(0), 10.0, closed(9)],
        [*BREACH, "breach_retracted@9 for breached", "cancelled@9"],
    ),
    "A late answer that failed leaves the customer waiting.": (
        [customer(0), 10.0, reply(12), failure(13)],
        [*BREACH, "answered_late@12", "reply_retracted@13"],
    ),
    "An earlier reply that comes to light restates the verdict.": (
        [customer(0), reply(4), reply(3, "r2")],
        ["clock_started@0", "met@4", "met@3 for met"],
    ),
    "An earlier customer message begins the wait anew.": (
        [customer(0), customer(-1, "c0"), 9.0],
        [
            "clock_started@0",
            "cancelled@0",
            "clock_started@-1",
            "warned@4",
            "warned@7",
            "breached@9",
        ],
    ),
    "A template that looked like a reply takes the verdict back.": (
        [
            customer(0),
            reply(3, author=AuthorKind.UNKNOWN),
            reply(3.1, author=AuthorKind.UNKNOWN, nature=Nature.TEMPLATE),
        ],
        ["clock_started@0", "met@3", "reply_retracted@3.1 for met"],
    ),
    "The three statuses of one reply are one reply, at the earliest.": (
        [
            customer(0),
            reply(3, author=AuthorKind.UNKNOWN),
            reply(3.1, author=AuthorKind.UNKNOWN),
            reply(3.2, author=AuthorKind.UNKNOWN),
        ],
        ["clock_started@0", "met@3"],
    ),
    "A second message after silence of a day is a new matter.": (
        [customer(0), reply(3), customer(24 * 60 + 4, "c2")],
        ["clock_started@0", "met@3", "clock_started@1444"],
    ),
    "A message a minute before a day of silence is the same matter.": (
        [customer(0), reply(3), customer(24 * 60 + 2, "c2")],
        ["clock_started@0", "met@3"],
    ),
    "A message after the close is a new matter.": (
        [customer(0), reply(3), closed(4), customer(5, "c2")],
        ["clock_started@0", "met@3", "clock_started@5"],
    ),
    "Business begins the talk: no promise until the customer speaks.": (
        [reply(-5, "r0"), customer(0), reply(1)],
        ["clock_started@0", "met@1"],
    ),
    "Another policy for a customer who turns out to be a VIP.": (
        [customer(0), customer(1, "c2", tier="vip"), 2.0],
        ["clock_started@0", "policy_changed@1", "warned@1.6", "breached@2"],
    ),
}


@pytest.mark.parametrize(("steps", "told"), SCENARIOS.values(), ids=SCENARIOS.keys())
def test_scenarios(play, steps, told):
    """The clock tells this story and no other."""
    assert play(*steps).told == told


@pytest.mark.parametrize(
    ("author", "nature"),
    [
        (AuthorKind.BOT, Nature.PLAIN),
        (AuthorKind.SYSTEM, Nature.PLAIN),
        *[(AuthorKind.AGENT, nature) for nature in Nature if nature != Nature.PLAIN],
    ],
)
def test_what_does_not_stop_the_clock(play, author, nature):
    """Bots, automations, templates, calls, notes, reactions are no first reply."""
    told = play(customer(0), reply(3, author=author, nature=nature), 10.0).told

    assert told[-1] == "breached@10"


def test_agent_is_named_by_met(play):
    """A reply counts for its author."""
    facts = play(customer(0), reply(3, by="agent-7")).facts

    assert [f.author for f in facts if f.kind is FactKind.MET] == ["agent-7"]


def test_a_silent_session_lapses(play):
    """After a day without a word the session is over, dated at that instant."""
    line = play(customer(0), reply(3), 24 * 60 + 3.0)

    ended = line.facts[-1]
    assert (ended.kind, ended.at, ended.reason) == (
        FactKind.SESSION_ENDED,
        at(24 * 60 + 3),
        Reason.LAPSED,
    )


def test_nothing_is_kept_of_a_finished_conversation(play):
    """When no clock can need it any more, the state goes."""
    week = 7 * 24 * 60
    line = play(customer(0), reply(3), 24 * 60 + 3.0, 24 * 60 + 3.0 + week)

    assert line.state is None


def test_queue_comes_from_the_account_and_from_assignments(play):
    """A fact bears the queue that the account lists, until an event says another."""
    assert play(customer(0)).facts[0].queue == "sales"
    assert play(customer(0, queue="vips")).facts[0].queue == "vips"


def test_a_fact_dates_its_cause_and_its_notice(play):
    """A breach is dated at its deadline; when we saw it stands beside it."""
    breach = play(customer(0), 10.0).facts[-1]

    assert (breach.at, breach.noticed_at, breach.waited_ms) == (
        at(10),
        at(10) + 2000,
        600_000,
    )
    assert breach.cycle == START


def test_a_breach_is_never_noticed_before_its_deadline(play):
    """A clock was a day ahead for a second; the next wait is not broken by it (A11)."""
    line = play(customer(0), reply(1), closed(2))
    line.state = replace(line.state, settled=at(25 * 60))
    line.facts.clear()
    line.play(customer(30, "c2"), customer(31, "c3"), closed(32))

    assert line.told == ["clock_started@30", "cancelled@32"]
