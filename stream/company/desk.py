"""Who answers whom, and when: a queueing play, event by event.

Nothing here says how long customers wait. It comes of who is at work and what they have
to do: an agent holds a few conversations, answers one at a time, own ones first, and
takes the next of the queue's when there is room.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from heapq import heappop, heappush
from itertools import count
from zoneinfo import ZoneInfo

from stream.company.demand import Bot, Turn
from stream.company.outages import Outages
from stream.company.people import Case, Person
from stream.company.profile import Profile
from stream.company.staff import Shift
from stream.company.telling import Thread
from stream.company.written import by_hour
from stream.sla.events import Status
from stream.sla.instants import HOUR, MINUTE, SECOND, from_ms

HELD_FOR = 15 * MINUTE
"""A customer who is silent for so long no longer takes an agent's place: the status is
`waiting_on_customer` then (chosen)."""
_NOTICED = 8 * SECOND
"""Until it is known that an answer did not arrive (chosen)."""
_THANKS = 5 * SECOND
"""To see that nothing is asked."""
_RESOLVES = SECOND
_SHORTEST, _LONGEST = 5 * SECOND, HOUR
"""Of an answer."""


class Desk:
    """The play; `run` it once, from its first matter to `end`."""

    def __init__(
        self,
        profile: Profile,
        shifts: Mapping[str, Shift],
        outages: Outages,
        zone: ZoneInfo,
    ) -> None:
        self._replies, self._bot = profile.replies, profile.bot
        self._slower, self._zone = by_hour(profile.replies.slower), zone
        self._outages = outages
        self._people = [
            Person(name, part, shifts[name]) for name, part in profile.agents.items()
        ]
        self._pools: dict[str, list[tuple[bool, int, int, Case]]] = defaultdict(list)
        self._order = count()
        self._next: list[tuple[int, int, Callable[[int], None]]] = []

    def run(
        self, threads: Sequence[Thread], end: int, progress: Callable[[int], None]
    ) -> None:
        """All that happens before `end`, told in the threads."""
        for number, thread in enumerate(threads):
            case = Case(thread, number)
            self._at(thread.matter.at, partial(self._begins, case, progress))
        for person in self._people:
            for begin, until in person.shift.spans:
                self._at(begin, partial(self._look, person))
                if not person.shift.is_back_soon(until):
                    self._at(until, partial(self._leaves, person))
        while self._next and self._next[0][0] < end:
            at, _, happens = heappop(self._next)
            happens(at)

    def _at(self, at: int, happens: Callable[[int], None]) -> None:
        heappush(self._next, (at, next(self._order), happens))

    def _begins(self, case: Case, progress: Callable[[int], None], at: int) -> None:
        """The customer's first words; a bot may meet them."""
        progress(case.number + 1)
        met_by, known = case.thread.matter.bot, self._said(case, at)
        if met_by is None:
            self._at(known, partial(self._shown, case))
            return
        self._at(known + self._bot.after, case.thread.bot)
        ends = self._solved if met_by is Bot.SOLVES else self._handed_over
        self._at(known + self._bot.hands_over_after, partial(ends, case))

    def _writes(self, case: Case, at: int) -> None:
        """The customer goes on."""
        self._at(self._said(case, at), partial(self._shown, case))

    def _said(self, case: Case, at: int) -> int:
        """The next turn begins; returns when the company can know of it."""
        case.turn += 1
        case.waits_since = at
        matter = case.thread.matter
        known = self._outages.over(matter.place, at)
        case.thread.customer(at, known)
        if matter.impatient_after is not None and not case.now.is_thanks:
            self._at(at + matter.impatient_after, partial(self._asks_again, case, at))
        return known

    def _asks_again(self, case: Case, since: int, at: int) -> None:
        if case.waits_since == since:
            case.thread.customer(at, self._outages.over(case.thread.matter.place, at))

    def _solved(self, case: Case, at: int) -> None:
        case.waits_since = None
        case.thread.status(Status.RESOLVED, at)

    def _handed_over(self, case: Case, at: int) -> None:
        case.thread.handed_over(at)
        self._shown(case, at)

    def _shown(self, case: Case, at: int) -> None:
        """Whoever has it may answer; else whoever is idle takes it, else it waits."""
        case.is_shown = True
        if case.holder is not None:
            self._look(case.holder, at)
            return
        queue = case.thread.matter.queue
        able = [
            person
            for person in self._people
            if person.is_idle(at) and person.has_room and person.part.takes(queue)
        ]
        if able:
            first = min(able, key=lambda person: (len(person.holds), person.idle_since))
            self._begin(first, case, at)
        else:
            self._wait(case)

    def _wait(self, case: Case) -> None:
        matter = case.thread.matter
        is_later = self._replies.picks == "tiers" and matter.tier is None
        entry = (is_later, case.waits_since or 0, case.number, case)
        heappush(self._pools[matter.queue], entry)

    def _look(self, person: Person, at: int) -> None:
        """What an agent with free hands does next."""
        if not person.is_idle(at):
            return
        own = [case for case in person.holds if case.is_shown]
        pools = [
            pool
            for name, pool in self._pools.items()
            if pool and person.part.takes(name)
        ]
        if own:
            self._begin(person, min(own, key=lambda case: case.waits_since or 0), at)
        elif pools and person.has_room:
            first = min(pools, key=lambda pool: pool[0][:3])
            self._begin(person, heappop(first)[3], at)
        else:
            person.idle_since = at

    def _begin(self, person: Person, case: Case, at: int) -> None:
        """The agent starts an answer, which may outlast the day."""
        if case.holder is None:
            case.holder = person
            person.holds.append(case)
            case.thread.assigned(person.name, at)
        person.writes = case
        done = person.shift.done(at, self._work(person, case.now, at))
        if done is not None:
            self._at(done, partial(self._answers, person, case))

    def _work(self, person: Person, turn: Turn, at: int) -> int:
        if turn.is_thanks:
            return _THANKS
        hour = from_ms(at).astimezone(self._zone).hour
        pace = person.part.pace * self._slower[hour]
        takes = self._replies.takes * pace * math.pow(self._replies.spread, turn.effort)
        return round(min(max(takes, _SHORTEST), _LONGEST))

    def _answers(self, person: Person, case: Case, at: int) -> None:
        person.writes = None
        case.is_shown = False
        if case.now.is_thanks:
            case.thread.no_reply_needed(at)
            self._goes_on(case, at)
        else:
            message = case.thread.reply(person.name, at)
            through = self._outages.over(case.thread.matter.place, at)
            if through > at or (case.now.fails and case.failed_turn != case.turn):
                case.failed_turn = case.turn
                self._at(at + _NOTICED, partial(case.thread.failed, message))
                self._at(max(at + _NOTICED, through), partial(self._shown, case))
            else:
                self._goes_on(case, at)
        self._look(person, at)

    def _goes_on(self, case: Case, at: int) -> None:
        """After an answer: it is resolved, or the customer thinks."""
        turns = case.thread.matter.turns
        case.waits_since = None
        after = turns[case.turn + 1].after if case.turn + 1 < len(turns) else None
        if after is not None:
            self._at(at + after, partial(self._writes, case))
        if case.now.is_last:
            self._at(at + _RESOLVES, partial(self._lets_go, case, Status.RESOLVED))
        elif after is None or after > HELD_FOR:
            status = Status.WAITING_ON_CUSTOMER
            self._at(at + HELD_FOR, partial(self._lets_go, case, status))

    def _lets_go(self, case: Case, status: Status, at: int) -> None:
        """The holder, whose day may be over meanwhile, has room for another."""
        if (holder := case.holder) is not None:
            case.thread.status(status, at)
            holder.holds.remove(case)
            case.holder = None
            self._look(holder, at)

    def _leaves(self, person: Person, at: int) -> None:
        """The day is over: what the agent has is the queue's again."""
        held, person.holds, person.writes = person.holds, [], None
        for case in held:
            case.holder = None
            case.thread.assigned(None, at)
        for case in held:
            if case.is_shown:
                self._shown(case, at)
