"""Policies: who is promised what, and what counts as a reply."""

from dataclasses import replace

import pytest

from stream.sla.events import AuthorKind, Channel, Nature
from stream.sla.policy import UNROUTED, Attributes, Policy, PolicyBook, Rules

PLAIN = Policy(name="all", match={}, targets=())
SWITCHES = ("count_bot", "count_automation", "count_template", "count_call")

# Who and what -> the switches that must be on.
NEEDED = {
    (AuthorKind.AGENT, Nature.PLAIN): set(),
    (AuthorKind.UNKNOWN, Nature.PLAIN): set(),
    (AuthorKind.BOT, Nature.PLAIN): {"count_bot"},
    (AuthorKind.SYSTEM, Nature.PLAIN): {"count_automation"},
    (AuthorKind.AGENT, Nature.TEMPLATE): {"count_template"},
    (AuthorKind.AGENT, Nature.CAMPAIGN): {"count_template"},
    (AuthorKind.BOT, Nature.TEMPLATE): {"count_bot", "count_template"},
    (AuthorKind.SYSTEM, Nature.CAMPAIGN): {"count_automation", "count_template"},
    (AuthorKind.AGENT, Nature.AUTOMATION): {"count_automation"},
    (AuthorKind.BOT, Nature.AUTOMATION): {"count_automation"},
    (AuthorKind.AGENT, Nature.CALL): {"count_call"},
    (AuthorKind.BOT, Nature.CALL): {"count_bot", "count_call"},
}


@pytest.mark.parametrize(
    ("what", "needed"), NEEDED.items(), ids=["-".join(what) for what in NEEDED]
)
def test_a_switch_counts_what_it_names_and_nothing_else(what, needed):
    """A reply counts with just its switches on, and with one of them off never."""
    everything = dict.fromkeys(SWITCHES, True)

    assert replace(PLAIN, **dict.fromkeys(needed, True)).counts(*what)
    for switch in needed:
        assert not replace(PLAIN, **{**everything, switch: False}).counts(*what)


@pytest.mark.parametrize(
    "nature", [Nature.REACTION, Nature.EDIT, Nature.DELETION, Nature.NOTE]
)
def test_what_says_nothing_new_never_counts(nature):
    """Reactions, edits, deletions and private notes are no reply under any switch."""
    everything = replace(PLAIN, **dict.fromkeys(SWITCHES, True))

    assert not any(everything.counts(author, nature) for author in AuthorKind)


def test_the_first_match_wins():
    """Policies are tried in order; without a match nothing is promised."""
    vip = replace(PLAIN, name="vip", match={"tier": frozenset({"vip", "gold"})})
    phone = replace(
        PLAIN,
        name="phone",
        match={"channel": frozenset({"whatsapp"}), "queue": frozenset({"sales"})},
    )
    book = PolicyBook((vip, phone), "1")

    def chosen(queue, tier=None):
        policy = book.choose(Attributes("whatsapp", "1", queue, tier=tier))
        return policy and policy.name

    for _ in "told", "told again":
        assert chosen("sales", "gold") == "vip"
        assert chosen("sales") == "phone"
        assert chosen("support") is None
    assert (book.named("phone"), book.named("gone")) == (phone, None)


def test_an_account_no_queue_lists_is_unrouted():
    """Work is of the queue that lists the account, whole name and channel."""
    rules = Rules(
        book=PolicyBook((PLAIN,), "1"),
        queues={("whatsapp", "1"): "sales"},
        session_gap=1,
        allowed_lateness=1,
    )

    assert rules.queue_of("whatsapp", "1") == "sales"
    assert rules.queue_of("messenger", "1") == UNROUTED


def test_a_fingerprint_is_the_same_everywhere():
    """It is kept in states that other processes read: no enum, no order of a set."""
    tags = frozenset({"a", "b", "c"})
    words = ("whatsapp", "1", "sales", None, "vip", tags)
    first = PolicyBook((), "v").chosen(Attributes(*words))
    second = PolicyBook((), "v").chosen(Attributes(Channel.WHATSAPP, *words[1:]))

    assert first.fingerprint == second.fingerprint == 2494989291
