"""Surveys and purchases: what customers say and do beside the conversation."""

from itertools import permutations

import pytest

from stream.records import decode_fact, encode_fact
from stream.sla.conversation import apply
from stream.sla.events import PurchaseEvent, Scale, SurveyEvent
from stream.sla.facts import FactKind, Purchase, Survey
from tests.timelines import assigned, at, closed, customer, reply

ENVELOPE = closed(9)
SHARED = ("v", "occurred_at", "conversation_id", "channel", "account")


def beside(kind, name, **own):
    envelope = {field: getattr(ENVELOPE, field) for field in SHARED}
    return kind(**envelope, event_id=name, **own)


SURVEYED = beside(SurveyEvent, "s", scale=Scale.CSAT, score=4, touchpoint="chat")
BOUGHT = beside(PurchaseEvent, "p", amount=9.5, currency="EUR")
KINDS = {FactKind.SURVEYED, FactKind.PURCHASED}


def told(timeline):
    return [fact for fact in timeline.facts if fact.kind in KINDS]


def test_they_are_told_as_they_were_said(play):
    """With the queue of their instant; the wire keeps every word."""
    facts = told(play(customer(0), assigned(1, "billing"), SURVEYED, BOUGHT))

    assert [(f.at, f.queue, f.survey, f.purchase) for f in facts] == [
        (at(9), "billing", Survey(scale=Scale.CSAT, score=4, touchpoint="chat"), None),
        (at(9), "billing", None, Purchase(amount=9.5, currency="EUR")),
    ]
    assert [decode_fact(encode_fact(fact)) for fact in facts] == facts


def test_they_move_no_clock(play):
    """Nobody wrote and nobody answered."""
    silent = play(customer(0), reply(1), closed(5))
    heard = play(customer(0), SURVEYED, reply(1), BOUGHT, closed(5))

    assert heard.told == silent.told


def test_a_repetition_has_the_same_id_whenever_it_comes(play, rules):
    """Who keeps the first of each id counts it once (semantics 6.11)."""
    timeline = play(customer(0), SURVEYED)
    _, again, _ = apply("c", timeline.state, SURVEYED, rules, at(90))

    assert [f.fact_id for f in again] == [f.fact_id for f in told(timeline)]


@pytest.mark.parametrize("again", [SURVEYED, BOUGHT])
def test_order_and_repetition_change_nothing(play, again):
    """By its id each is told once, whenever it comes and however often."""
    steps = [customer(0), reply(1), SURVEYED, BOUGHT, again, closed(5)]
    names = {
        frozenset(fact.fact_id for fact in told(play(*order)))
        for order in permutations(steps)
    }

    assert [len(each) for each in names] == [2]
