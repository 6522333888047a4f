"""The choice of a policy for a clock: at its start, and again when the work moves.

Semantics 2.11: the policy's name and version are stamped on the clock, and a reload
of the config leaves running clocks alone unless it says `reload: reevaluate_open`.
"""

from collections.abc import Container, Mapping
from dataclasses import replace as replace_target
from functools import cached_property

from msgspec.structs import replace

from stream.sla import clock as clocks
from stream.sla.clock import Clock, Key, key_of
from stream.sla.facts import WINDOW, Measure, Reason
from stream.sla.held import Held
from stream.sla.hours import ALWAYS, Calendar
from stream.sla.policy import Attributes, Chosen, Policy, Rules, Target

Measures = Container[Measure]
_ORDER = {measure: number for number, measure in enumerate(Measure)}


class Choice:
    """Policies of one conversation. `pins`: its clocks as told, by their keys."""

    def __init__(
        self, rules: Rules, channel: str, account: str, pins: Mapping[Key, Clock]
    ) -> None:
        self._rules = rules
        self._channel = channel
        self._account = account
        self._pins = pins

    def policy(self, held: Held, at: int) -> Policy | None:
        """The policy for the work as it is at `at`; None: nothing is promised."""
        return self._chosen(held, at).policy

    def under(self, rules: Rules) -> "Choice":
        """The same by the rules of another time."""
        if rules is self._rules:
            return self
        return Choice(rules, self._channel, self._account, {})

    def is_other(self, before: Held, held: Held, at: int) -> bool:
        """Whether the work asks for another policy than it did `before`."""
        return any(
            choice.policy(before, at) is not choice.policy(held, at)
            for choice in (self, *self._of_before.values())
        )

    def started(
        self, held: Held, measures: Measures, at: int, *, late: bool = False
    ) -> list[Clock]:
        """The clocks that start at `at`, and those of a shadow policy.

        In a wait that was told under the rules of before they are those of then,
        whatever targets there are now. `late`: it lasts already, and they are promised
        only from now on.
        """
        found = self._started(held, measures, at)
        if not self._of_before:
            return found  # nearly always
        for version, choice in self._of_before.items():
            theirs = choice.started(held, measures, at)
            found = [
                *[clock for clock in found if self._version(clock, late) != version],
                *[clock for clock in theirs if self._version(clock, late) == version],
            ]
        return sorted(found, key=_in_order)

    def _version(self, clock: Clock, late: bool) -> str:  # noqa: FBT001  inner
        """Of the rules under which a clock begins that may have been told."""
        today = self._rules.book.version
        pin = self._pins.get(key_of(clock))
        if pin is not None and self._is_of_before(pin):
            return pin.policy_version
        is_todays = late and pin is not None and pin.began_for == clock.began_for
        if is_todays or self._rules.reevaluate_open:
            return today
        start = clock.started_at
        told = {p.policy_version for p in self._pins.values() if p.started_at == start}
        return next((v for v in self._of_before if v in told), today)

    @cached_property
    def _of_before(self) -> dict[str, "Choice"]:
        """By version, oldest first: the rules of clocks that keep them (2.11)."""
        if not self._rules.earlier:
            return {}  # nearly always
        told = {p.policy_version for p in self._pins.values() if self._is_of_before(p)}
        earlier = self._rules.earlier.items()
        return {
            version: self.under(rules) for version, rules in earlier if version in told
        }

    def _is_of_before(self, pin: Clock) -> bool:
        applies_to_it = self._rules.reevaluate_open and pin.verdict is None
        return pin.policy_version in self._rules.earlier and not applies_to_it

    def _started(self, held: Held, measures: Measures, at: int) -> list[Clock]:
        chosen = self._chosen(held, at)
        found = self._kept(measures, at, chosen.fingerprint) if self._pins else []
        kept = {(clock.measure, clock.shadow) for clock in found}
        # Under `reevaluate_open` those with a verdict alone are of before.
        closed = {clock.shadow for clock in found if not self._rules.reevaluate_open}
        is_closed = self._hours(held, at) == "closed"
        for policy in (chosen.policy, chosen.shadow):
            if policy is None or policy.shadow in closed:
                continue
            for target in policy.targets:
                is_kept = (target.measure, policy.shadow) in kept
                if target.measure in measures and not is_kept:
                    clock = self._start(policy, target, held, at, chosen.fingerprint)
                    if clock is not None and is_closed:
                        clock = replace(clock, is_after_hours=True)
                    if clock is not None:
                        found.append(clock)
        return sorted(found, key=_in_order) if kept else found

    def _kept(self, measures: Measures, at: int, fingerprint: int) -> list[Clock]:
        return [
            _anew(pin, clocks.calendar_of(pin, self._rules))
            for (measure, start, _), pin in self._pins.items()
            if start == at and measure in measures and self._holds(pin, fingerprint)
        ]

    def again(self, clock: Clock, held: Held, at: int) -> Clock | None:
        """`clock` under the policy that the work asks for now; its start is kept.

        One whose deadline has passed has its verdict. None: nothing is promised of it
        any more.
        """
        if clock.shadow:
            return clock
        pin = self._pins.get(key_of(clock))
        then = self._of_before.get(clock.policy_version)
        if then is not None and pin is not None:  # walked again (ADR 37)
            if pin.over_at == at and pin.reason is Reason.NO_PROMISE:
                return None
            if self._is_of_before(pin) or at < pin.promised_at:
                return then.again(clock, held, at)
        # Tags and opening hours are those of the cycle's start (ADR 0007).
        hours = "closed" if clock.is_after_hours else "open"
        chosen = self._chosen(replace(held, tags=clock.tags), at, hours)
        if pin is not None and not self._holds(pin, chosen.fingerprint):
            pin = None
        # Walked again, it gets the promise that it got then (ADR 37).
        if pin is not None and pin.promised_at == at != clock.promised_at:
            told = _anew(pin, clocks.calendar_of(pin, self._rules))
            return self._promised(told, clock, at)
        breaks_at = clock.breaks_at
        if breaks_at is not None and breaks_at <= at:
            return clock
        stamped = replace(clock, chosen_for=chosen.fingerprint)
        return stamped if pin is not None else self._other(stamped, chosen, held, at)

    def _other(self, clock: Clock, chosen: Chosen, held: Held, at: int) -> Clock | None:
        """`clock` under the policy that is chosen at `at`, if it is another promise."""
        policy = chosen.policy
        target = None if policy is None else policy.target(clock.measure)
        if policy is None or target is None:
            # A file that was changed since is no reason: the work is what it was.
            is_same = policy is not None and policy.name == clock.policy
            return clock if is_same else None
        if self._is_same(clock, target, policy, held):
            return clock
        new = self._start(policy, target, held, clock.started_at, chosen.fingerprint)
        return None if new is None else self._promised(new, clock, at)

    def _promised(self, new: Clock, clock: Clock, at: int) -> Clock:
        """`new` from `at` on instead of `clock`, with what has counted until then."""
        new = replace(
            new,
            tags=clock.tags,
            is_after_hours=clock.is_after_hours,
            began_for=clock.began_for,
            reopened_at=clock.reopened_at,
        )
        if clock.since != clock.started_at or clock.paused_at is not None:
            new = replace(
                new,
                since=clock.since,
                stretches=clock.stretches,
                paused_at=clock.paused_at,
                folded=clock.folded,
            )
            calendar = clocks.calendar_of(new, self._rules)
            deadline = clocks.reaches(new, new.points[-1], calendar)
            new = replace(new, deadline=deadline)
        return clocks.promised(new, at)

    def _is_same(
        self, clock: Clock, target: Target, policy: Policy, held: Held
    ) -> bool:
        """Whether the choice comes to the promise that the clock has."""
        calendar = self._calendar(target, policy, held)
        return policy.name == clock.policy and calendar.name == clock.calendar

    def _start(
        self, policy: Policy, target: Target, held: Held, at: int, fingerprint: int
    ) -> Clock | None:
        calendar = self._calendar(target, policy, held)
        if target.measure is WINDOW:
            length = self._rules.windows.get(self._channel)
            if length is None:
                return None
            target = replace_target(target, within=length)
        version = self._rules.book.version
        return clocks.start(
            target, policy, version, calendar, at, fingerprint, held.tags
        )

    def _holds(self, pin: Clock, fingerprint: int) -> bool:
        """Whether a clock keeps the rules under which it was told (2.11)."""
        applies_to_it = self._rules.reevaluate_open and pin.verdict is None
        return (
            pin.policy_version != self._rules.book.version
            and fingerprint in {pin.began_for, pin.chosen_for}
            and not applies_to_it
        )

    def _calendar(self, target: Target, policy: Policy, held: Held) -> Calendar:
        rules = self._rules
        if target.measure is WINDOW:
            return rules.calendar(ALWAYS)
        return rules.calendar(rules.calendar_name(target, policy, self._queue(held)))

    def _queue(self, held: Held) -> str:
        return held.queue or self._rules.queue_of(self._channel, self._account)

    def _hours(self, held: Held, at: int) -> str:
        """Whether the queue works at `at`; asked for only where a policy does."""
        rules = self._rules
        if not rules.book.asks_for_hours:
            return "open"
        name = rules.queue_calendars.get(self._queue(held), ALWAYS)
        return "open" if rules.calendar(name).is_open(at) else "closed"

    def _chosen(self, held: Held, at: int, hours: str | None = None) -> Chosen:
        return self._rules.book.chosen(
            Attributes(
                self._channel,
                self._account,
                self._queue(held),
                held.priority,
                held.tier,
                frozenset(held.tags),
                hours or self._hours(held, at),
            )
        )


def _in_order(clock: Clock) -> tuple[bool, int]:
    return clock.shadow, _ORDER[clock.measure]


def _anew(pin: Clock, calendar: Calendar) -> Clock:
    """A told clock as it was when it started."""
    started_at = pin.started_at
    return Clock(
        pin.measure,
        started_at,
        pin.policy,
        pin.policy_version,
        pin.chosen_for,
        pin.calendar,
        pin.points,
        # One that was never paused keeps it to the instant (business days).
        pin.deadline
        if pin.since == started_at
        else calendar.deadline(started_at, pin.points[-1]),
        started_at,
        shadow=pin.shadow,
        tags=pin.tags,
        is_after_hours=pin.is_after_hours,
        began_for=pin.began_for,
    )
