"""A digest as a Slack message: yesterday by queue, to be read in ten seconds. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from alerts.digests.counted import QueueFigures, Waiting
from alerts.slack.blocks import Message
from alerts.slack.mrkdwn import cut, minute, name, span
from alerts.slack.wording import words_of
from stream.sla.facts import Measure
from stream.sla.instants import MINUTE

MOST = 12
"""Lines of queues; the others are summed up in one."""
_HEADER, _TEXT = 150, 3000
_DOT = " \N{MIDDLE DOT} "
_NONE: Mapping[Measure, int] = {}
_SLOW = MINUTE
"""A breach that is noticed so late says that somebody was away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one receiver is told in the morning of `day`; instants and spans in ms."""

    day: date
    yesterday: Mapping[str, QueueFigures]
    """By queue; one of which nothing was decided is there, too."""
    waiting: Mapping[str, Waiting]
    last_week: Mapping[str, QueueFigures] | None = None
    """On Mondays."""
    acted_on: int = 0
    ignored: int = 0
    """Alerts of last week."""
    up_since: int
    """When this process started."""
    last: int
    """When the last fact was concluded; 0: there is none."""
    kept_since: int
    """From when on the facts are there."""
    is_cut: bool = False
    """Whether that is after the beginning of what is told."""
    slowest: int = 0
    """The longest time that a breach waited to be noticed."""
    late: int | None = None
    """When it was due, where it comes late."""


def digesting(digest: Digest) -> Message:
    """Write the message."""
    yesterday = digest.day - timedelta(days=1)
    title = f"Yesterday, {_day(yesterday)}: {_promises(digest.yesterday)}"
    waiting = sum(each.count for each in digest.waiting.values())
    if waiting:
        title += f", {waiting} still {'waits' if waiting == 1 else 'wait'}"
    header = cut(f"\N{LARGE BLUE CIRCLE} {title}", _HEADER)
    texts = ["\n".join(_lines(digest.yesterday, digest.waiting))]
    if digest.last_week is not None:
        texts.append(_week(digest, digest.last_week))
    sections = [{"type": "section", "text": _mrkdwn(text)} for text in texts]
    alive = _DOT.join(_alive(digest))
    return Message(
        text=header,
        blocks=[
            {"type": "header", "text": {"type": "plain_text", "text": header}},
            *sections,
            {"type": "context", "elements": [_mrkdwn(alive)]},
        ],
    )


def _lines(
    queues: Mapping[str, QueueFigures], waiting: Mapping[str, Waiting]
) -> Iterator[str]:
    """A line a queue, where most waits or broke first."""

    def order(queue: str) -> tuple[int, int, str]:
        waits = waiting[queue].count if queue in waiting else 0
        return -waits, -queues[queue].breached.total(), queue

    calm = [queue for queue in sorted(queues) if not _has_news(queue, queues, waiting)]
    ordered = sorted(queues.keys() - calm, key=order)
    for queue in ordered[:MOST]:
        yield _line(queue, queues[queue], waiting.get(queue))
    if rest := {queue: queues[queue] for queue in ordered[MOST:]}:
        waits = sum(waiting[queue].count for queue in rest if queue in waiting)
        said = f", {waits} still wait" if waits else ""
        yield f"\N{BULLET} {len(rest)} more queues: {_promises(rest)}{said}"
    if calm and ordered:
        yield f"Nothing was due in {', '.join(map(name, calm))}"
    elif calm:
        yield "Nothing was due."


def _has_news(
    queue: str, queues: Mapping[str, QueueFigures], waiting: Mapping[str, Waiting]
) -> bool:
    return bool(queue in waiting or queues[queue].met or queues[queue].breached)


def _line(queue: str, figures: QueueFigures, waiting: Waiting | None) -> str:
    said = [_promises({queue: figures}, figures.breached)]
    if figures.longest:
        said.append(f"longest wait {span(figures.longest)}")
    if waiting is not None:
        still = f"{waiting.count} still {'waits' if waiting.count == 1 else 'wait'}"
        said.append(f"*{still}*, since {minute(waiting.since)}")
    return f"\N{BULLET} *{name(queue)}*: {_DOT.join(said)}"


def _promises(
    queues: Mapping[str, QueueFigures], named: Mapping[Measure, int] = _NONE
) -> str:
    """How many were kept; what of it was broken is `named`."""
    met = sum(figures.met for figures in queues.values())
    broken = sum(figures.breached.total() for figures in queues.values())
    if not met + broken:
        return "no promise was due"
    if not broken:
        return f"all {met} promises kept" if met > 1 else "the promise was kept"
    said = f"{broken} of {met + broken} promises broken ({broken / (met + broken):.1%})"
    if len(named) > 1:
        ordered = sorted(named.items(), key=lambda each: (-each[1], each[0]))
        parts = (f"{count} {words_of(measure).measure}" for measure, count in ordered)
        said += f": {', '.join(parts)}"
    return said


def _week(digest: Digest, queues: Mapping[str, QueueFigures]) -> str:
    first, last = (digest.day - timedelta(days=days) for days in (7, 1))
    lines = [f"*Last week, {_day(first)} to {_day(last)}*: {_promises(queues)}"]
    if total := digest.acted_on + digest.ignored:
        share = f"{digest.ignored / total:.0%}"
        acted = f"{digest.acted_on} acted on, {digest.ignored} ignored ({share})"
        lines.append(f"Alerts: {acted}")
    return "\n".join([*lines, *_lines(queues, {})])


def _alive(digest: Digest) -> Iterator[str]:
    """That we are, and since when data are complete; what is wrong comes first."""
    kept_since = minute(digest.kept_since)
    if digest.late is not None:
        yield f"*Late: it was due {minute(digest.late)}*"
    if digest.is_cut:
        yield f"*Not the whole of it: facts are kept since {kept_since}*"
    if digest.slowest > _SLOW:
        yield f"*gap: breaches were noticed up to {span(digest.slowest)} late*"
    yield f"Alive since {minute(digest.up_since)}"
    if digest.last:
        yield f"last fact {minute(digest.last)}"
    if not digest.is_cut:
        yield f"facts since {kept_since}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": cut(text, _TEXT)}
