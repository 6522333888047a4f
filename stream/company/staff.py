"""Who is at work when: shifts without lunch and absences, as spans of instants."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from stream.company.profile import Profile
from stream.config import Config
from stream.sla.instants import HOUR
from stream.sla.opening_hours import OpeningHours, Span, Week

Spans = list[tuple[int, int]]

BREAK = 2 * HOUR
"""Who is back within it keeps the conversations, else hands them back (chosen)."""
_WHOLE_DAY: Span = (0, 1440)


@dataclass(frozen=True, slots=True)
class Shift:
    """When an agent works, in [begin, end) of instants, ascending, never touching."""

    spans: Spans

    def is_at_work(self, at: int) -> bool:
        index = bisect_right(self.spans, at, key=lambda span: span[0]) - 1
        return index >= 0 and at < self.spans[index][1]

    def is_back_soon(self, end: int) -> bool:
        """Whether what ends at `end` is a break, and not the day."""
        index = bisect_right(self.spans, end, key=lambda span: span[0])
        return index < len(self.spans) and self.spans[index][0] - end <= BREAK

    def done(self, start: int, work: int) -> int | None:
        """When `work` ms begun at `start` are done; None if the day ends before."""
        index = bisect_right(self.spans, start, key=lambda span: span[0]) - 1
        at = start
        while at + work >= self.spans[index][1]:
            end = self.spans[index][1]
            if not self.is_back_soon(end):
                return None
            work -= end - at
            index += 1
            at = self.spans[index][0]
        return at + work


def shifts(
    profile: Profile, rules: Config, begin: int, end: int
) -> Mapping[str, Shift]:
    """Of each agent from `begin` until `end`."""
    zone, calendars = profile.timezone or rules.timezone, rules.rules().calendars

    def spans(week: Week) -> Spans:
        return OpeningHours("", zone, week).open_intervals(begin, end)

    found = {}
    for name, agent in profile.agents.items():
        if agent.calendar is None:
            works = spans(agent.week)
        else:
            works = calendars[agent.calendar].open_intervals(begin, end)
        if agent.lunch is not None:
            works = _without(works, spans(((agent.lunch,),) * 7))
        away = {
            day
            for absence in profile.absences
            if absence.agent == name
            for day in absence.days
        }
        whole_days = tuple((_WHOLE_DAY,) if day in away else () for day in range(7))
        found[name] = Shift(_without(works, spans(whole_days)))
    return found


def _without(spans: Spans, holes: Spans) -> Spans:
    """The parts of `spans` that no hole takes."""
    found = []
    for begin, end in spans:
        at = begin
        for opens, closes in holes:
            if closes <= at or opens >= end:
                continue
            if opens > at:
                found.append((at, opens))
            at = closes
        if at < end:
            found.append((at, end))
    return found
