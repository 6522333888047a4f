"""Answers whose author the source cannot tell: the share, and what helps."""

from collections.abc import Sequence

import pytest

from stream.doctor.authors import count_answers, judge_authors
from stream.doctor.check import Finding, Mark
from stream.records import encode_fact
from stream.sla.events import Channel
from stream.sla.facts import Fact, FactKind, Measure, Reason
from stream.sla.hours import DAY

NOW = 1_795_420_800_000


def answer(
    name: str,
    reason: Reason | None = Reason.UNKNOWN_AUTHOR,
    *,
    kind: FactKind = FactKind.MET,
    measure: Measure = Measure.FIRST_REPLY,
    channel: Channel = Channel.WHATSAPP,
    age: int = 0,
    shadow: bool = False,
) -> Fact:
    return Fact(
        fact_id=name,
        kind=kind,
        at=NOW - age,
        noticed_at=NOW - age,
        conversation_id="c",
        channel=channel,
        account="1",
        queue="sales",
        measure=measure,
        reason=reason,
        shadow=shadow,
    )


def known(count: int) -> list[Fact]:
    return [answer(f"known{n}", None) for n in range(count)]


def judged(facts: Sequence[Fact]) -> Finding:
    return judge_authors(count_answers(map(encode_fact, facts), NOW))


def test_answers_by_unknown_authors_are_a_warning_that_says_what_helps() -> None:
    """By channel, and only what helps there; late answers and next replies count."""
    found = judged(
        [
            answer("a"),
            answer("b", kind=FactKind.ANSWERED_LATE, measure=Measure.NEXT_REPLY),
            answer("c", channel=Channel.MESSENGER),
            *known(7),
        ]
    )

    assert found.mark is Mark.WARN
    assert found.found == (
        "30% of 10 answers in 24 hours by an unknown author: whatsapp 2, messenger 1"
    )
    assert [line.partition(":")[0] for line in found.remedy] == [
        "Messenger",
        "WhatsApp",
        "any",
    ]
    assert [line.partition(":")[0] for line in judged([answer("a")]).remedy] == [
        "WhatsApp",
        "any",
    ]


def test_a_few_do_not_carry_a_figure() -> None:
    """One of twenty is fine, and the share is said; two are not."""
    few = judged([answer("a"), *known(19)])

    assert (few.mark, few.remedy) == (Mark.OK, ())
    assert few.found == "5% of 20 answers in 24 hours by an unknown author"
    assert judged([answer("a"), answer("b"), *known(18)]).mark is Mark.WARN


@pytest.mark.parametrize(
    "other",
    [
        answer("a", age=DAY + 1),
        answer("a", shadow=True),
        answer("a", kind=FactKind.CLOCK_STARTED, reason=None),
        answer("a", measure=Measure.WINDOW),
        answer("a", measure=Measure.RESOLUTION),
    ],
    ids=["yesterday's", "a shadow's", "no answer", "a window", "a resolution"],
)
def test_what_is_no_answer_of_today_does_not_count(other: Fact) -> None:
    """Nobody was answered: that is no share at all."""
    found = judged([other])

    assert (found.mark, found.found) == (
        Mark.SKIP,
        "nobody was answered in the last 24 hours",
    )


def test_an_answer_told_twice_is_one_and_what_is_no_fact_is_none() -> None:
    """A crash repeats facts; somebody else may write into the topic."""
    fact = encode_fact(answer("a"))

    answers = count_answers([b"{}", b"", fact, fact], NOW)

    assert (answers.told, answers.unknown.total()) == (1, 1)
