"""A story in words that a team lead understands."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from stream.config.durations import say_duration
from stream.explain.notice import Notice, NoticeKind
from stream.explain.story import ClockStory, Interval, SessionStory, calendar_of
from stream.sla.events import Channel
from stream.sla.facts import Fact, FactKind, Measure, Reason
from stream.sla.instants import from_ms
from stream.sla.opening_hours import OpeningHours
from stream.sla.policy import Rules

_KINDS = {
    FactKind.CLOCK_STARTED: "the clock starts",
    FactKind.CLOCK_PAUSED: "the clock stands still",
    FactKind.CLOCK_RESUMED: "the clock goes on",
    FactKind.WARNED: "a warning point passes",
    FactKind.BREACHED: "the deadline passes: breached",
    FactKind.MET: "in time: met",
    FactKind.ANSWERED_LATE: "answered, too late",
    FactKind.CANCELLED: "cancelled, which counts neither way",
    FactKind.WAIT_ENDED: "the wait ends without an answer",
    FactKind.ESCALATED: "others are told, too",
    FactKind.BREACH_RETRACTED: "the breach is taken back",
    FactKind.REPLY_RETRACTED: "the reply is taken back: the clock runs again",
    FactKind.POLICY_CHANGED: "another policy applies now",
}
_REASONS = {
    Reason.CLOSED: "the conversation was closed",
    Reason.RESOLVED: "the conversation was resolved",
    Reason.REOPENED: "the conversation was reopened",
    Reason.NO_REPLY_NEEDED: "no reply was needed",
    Reason.UNKNOWN_AUTHOR: "the source cannot tell who wrote",
    Reason.SPAM: "it was spam",
    Reason.MERGED: "it was merged into another",
    Reason.LAPSED: "both sides were silent for too long",
    Reason.REPLY: "a reply in time came to light",
    Reason.DELIVERY_FAILED: "the message never reached the customer",
    Reason.RECLASSIFIED: "better news of what happened came in",
    Reason.ABANDONED: "nobody said a word for so long that the wait was given up",
    Reason.UNRESOLVED: "nobody said a word for so long that it was given up",
    Reason.NO_PROMISE: "the policy that applies now does not promise it",
    Reason.SUPERSEDED: "the wait turned out to have begun earlier",
}
_TOLD = {
    NoticeKind.SENT: "an alert is sent",
    NoticeKind.EDITED: "or later the alert is edited",
    NoticeKind.EDIT_WAITS: "an edit of the alert is due, and is not made yet",
    NoticeKind.UNCLEAR: "an alert is on its way, and may have arrived or not",
    NoticeKind.WAITS: "an alert is due, and is not sent yet",
    NoticeKind.OVER: "no alert was sent: the wait was over before",
    NoticeKind.STALE: "no message of its own: it was over when it was noticed, late",
    NoticeKind.LISTED: "no message of its own: one about many tells it",
    NoticeKind.UNKNOWN: "no alert is remembered: too long ago, or not read yet",
}
_SHOWN = 8
_WEEK = 7
_WEEKDAY, _DATE = "%a %H:%M:%S", "%a %d %b %Y %H:%M:%S"


class Words:
    """Times are local to `zone`; a clock's, to its calendar's zone.

    A weekday alone is one of the seven days from the session's start on.
    """

    def __init__(self, rules: Rules, zone: str) -> None:
        self._rules = rules
        self._zone = zone

    def told(self, sessions: Sequence[SessionStory]) -> Iterator[str]:
        """The whole story, line by line."""
        for number, session in enumerate(sessions):
            if number:
                yield ""
            start = session.start
            place = f"{start.channel} {start.account}, queue {start.queue}"
            yield f"Session of {self._long(start.at)} ({self._zone}), {place}"
            for clock in session.clocks:
                yield ""
                yield from self.clock(clock, start.at)
            if session.end is not None:
                yield ""
                why = _reason(session.end)
                yield f"The session ends {self._long(session.end.at)}{why}"

    def clock(self, story: ClockStory, since: int) -> Iterator[str]:
        """One clock: the promise, its arithmetic, what happened.

        `since`: the instant whose date the reader has seen.
        """
        last = story.last
        calendar = calendar_of(last, self._rules)
        zone = calendar.zone if isinstance(calendar, OpeningHours) else self._zone
        times = _Times(zone, since)
        kind = "shadow " if story.shadow else ""
        name = story.measure.value.replace("_", " ")
        yield f"  {kind}{name}: {story.standing}"
        policy = f"policy {last.policy} (version {last.policy_version})"
        yield f"    {policy}, calendar {calendar.name}"
        if last.deadline is None or _is_paused(story):
            pass
        elif story.measure is Measure.WINDOW:
            when = times.at(last.deadline)
            yield f"    closes {when}, counted from the customer's latest words"
        else:
            parts = story.counted(calendar, last.deadline)
            days, sums = self._business_days(last), _sum(parts, times)
            yield f"    deadline {times.at(last.deadline)} = {days}{sums}"
        for each in story.happenings:
            said = _told(each) if isinstance(each, Notice) else self._happened(each)
            when = "" if each.at is None else f"{times.at(each.at)}  "
            yield f"    {when}{said}"
            if isinstance(each, Fact) and each.reason is Reason.UNKNOWN_AUTHOR:
                yield f"      author unknown: {_who_tells(each)}"
        end = story.end
        if end is not None:
            wall = say_duration(end.waited_ms or 0)
            parts = story.counted(calendar, end.at)
            yield f"    waited {wall}; what counted: {_sum(parts, times)}"

    def _happened(self, fact: Fact) -> str:
        said = [_KINDS.get(fact.kind, fact.kind.value)]
        if fact.replaces is not None and fact.replaces.value == fact.kind.value:
            said.insert(0, "by later news:")
        if fact.author is not None:
            said.append(f"by {fact.author}")
        if fact.to is not None:
            said.append(f"to {fact.to}")
        text = " ".join(said) + _reason(fact)
        holder = fact.queue + (f" ({fact.assignee})" if fact.assignee else "")
        more = [f"held by {holder}"]
        if fact.noticed_at - fact.at >= 1000:  # noqa: PLR2004  a second
            more.append(f"noticed {say_duration(fact.noticed_at - fact.at)} later")
        if fact.cause is not None:
            more.append(f"event {fact.cause}")
        return f"{text} [{', '.join(more)}]"

    def _business_days(self, fact: Fact) -> str:
        """The promise as the file has it, where it counts days: "1 business day, "."""
        book = self._rules.book
        if fact.policy_version != book.version:
            return ""  # it may say something else by now
        found = [
            target.business_days
            for policy in book.policies
            if policy.name == fact.policy
            for target in policy.targets
            if target.measure is fact.measure
        ]
        count = found[0] if found else 0
        return f"{count} business day{'s' * (count > 1)}, " if count else ""

    def _long(self, instant: int) -> str:
        return f"{_at(instant, self._zone):{_DATE}}"


def _who_tells(fact: Fact) -> str:
    """How to know the author of such an answer, next time."""
    if fact.channel is Channel.MESSENGER and fact.author is not None:
        return f'say `apps: {{"{fact.author}": agent}}` or `bot` in sla.yaml'
    if fact.channel is Channel.WHATSAPP:
        return "tag what is sent, biz_opaque_callback_data: agent:42 or bot:faq"
    return "tell it by POST /v1/events"


def _told(notice: Notice) -> str:
    said = _TOLD[notice.kind]
    if notice.says is not None:
        said += f": {notice.says}"
    to = notice.receiver and f"to {notice.receiver}"
    where = ", ".join(filter(None, (to, notice.place)))
    return f"{said} [{where}]" if where else said


def _is_paused(story: ClockStory) -> bool:
    paused = False
    for fact in story.facts:
        if fact.kind is FactKind.CLOCK_PAUSED:
            paused = True
        elif fact.kind is FactKind.CLOCK_RESUMED:
            paused = False
    return paused


def _reason(fact: Fact) -> str:
    return "" if fact.reason is None else f", {_REASONS[fact.reason]}"


def _sum(parts: Sequence[Interval], times: "_Times") -> str:
    total = say_duration(sum(b - a for a, b in parts))
    if not parts:
        return f"{total}: no open time"
    shown = [f"{times.span(a, b)} ({say_duration(b - a)})" for a, b in parts[:_SHOWN]]
    if len(parts) > _SHOWN:
        shown.append(f"{len(parts) - _SHOWN} more")
    return f"{total}: {' + '.join(shown)}"


class _Times:
    """How instants read: with their date where a weekday could mean another week's."""

    def __init__(self, zone: str, since: int) -> None:
        self._zone = zone
        self._since = _at(since, zone).date()

    def at(self, instant: int) -> str:
        """`Mon 09:05:00` in the week from `since` on, else as a session's start."""
        local = _at(instant, self._zone)
        days = (local.date() - self._since).days
        return f"{local:{_WEEKDAY if 0 <= days < _WEEK else _DATE}}"

    def span(self, begin: int, end: int) -> str:
        """The day once, where it is the same."""
        last = _at(end, self._zone)
        same = last.date() == _at(begin, self._zone).date()
        return f"{self.at(begin)}-{f'{last:%H:%M:%S}' if same else self.at(end)}"


def _at(instant: int, zone: str) -> datetime:
    return from_ms(instant).astimezone(ZoneInfo(zone))
