"""How many answers rest on an author whom the source cannot tell? Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from stream.doctor.check import Finding, ok, skip, warn
from stream.records import UnreadableRecordError, decode_fact
from stream.sla.events import Channel
from stream.sla.facts import FactKind, Measure, Reason
from stream.sla.hours import DAY

NAME = "authors"
TOLERATED = 0.05
"""Of all answers: so few do not carry a figure."""

_ANSWERS = frozenset({FactKind.MET, FactKind.ANSWERED_LATE})
_REPLIES = frozenset({Measure.FIRST_REPLY, Measure.NEXT_REPLY})
_MEND = {
    Channel.MESSENGER: "Messenger: name the apps that write, in apps: of sla.yaml",
    Channel.WHATSAPP: "WhatsApp: let who sends say it, in biz_opaque_callback_data:"
    " agent:42 or bot:faq",
}
_ANY = "any: POST /v1/events says who wrote; docs/ops-guide.md, Who answered"


@dataclass(slots=True)
class Answers:
    """Of one day, as they were told; one that was taken back later is one, too."""

    told: int = 0
    unknown: Counter[Channel] = field(default_factory=Counter)


def count_answers(facts: Iterable[bytes], now: int) -> Answers:
    """The answers of the 24 hours before `now`, milliseconds, in records of facts."""
    answers, seen = Answers(), set[str]()
    for record in facts:
        try:
            fact = decode_fact(record)
        except UnreadableRecordError:
            continue  # the alerts' dead letters tell of it
        is_answer = fact.kind in _ANSWERS and fact.measure in _REPLIES
        if not is_answer or fact.shadow or fact.noticed_at < now - DAY:
            continue
        if fact.fact_id in seen:
            continue  # told again after a crash (semantics 6.11)
        seen.add(fact.fact_id)
        answers.told += 1
        if fact.reason is Reason.UNKNOWN_AUTHOR:
            answers.unknown[fact.channel] += 1
    return answers


def judge_authors(answers: Answers) -> Finding:
    """The share, and how to know better."""
    unknown = answers.unknown.total()
    if not answers.told:
        return skip(NAME, "nobody was answered in the last 24 hours")
    share = f"{unknown / answers.told:.0%} of {answers.told:,} answers in 24 hours"
    if unknown <= TOLERATED * answers.told:
        return ok(NAME, f"{share} by an unknown author")
    channels = ", ".join(f"{name} {n:,}" for name, n in answers.unknown.most_common())
    ways = [way for channel, way in _MEND.items() if answers.unknown[channel]]
    return warn(NAME, f"{share} by an unknown author: {channels}", *ways, _ANY)
