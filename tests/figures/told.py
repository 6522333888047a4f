"""Facts for goldens, by hand: a story of sessions, waits, surveys and purchases."""

from pathlib import Path
from typing import Any

import duckdb

from stream.figures.archive import Archive
from stream.figures.figure import Figure, Row
from stream.figures.period import Period
from stream.figures.tables import Tables
from stream.figures.thresholds import Thresholds
from stream.sla.events import Channel, Scale
from stream.sla.facts import (
    Fact,
    FactKind,
    Measure,
    Purchase,
    Reason,
    SessionSum,
    Survey,
    fact_id,
)
from stream.sla.hours import DAY
from stream.sla.instants import HOUR, MINUTE, SECOND, parse_rfc3339

MONDAY = parse_rfc3339("2026-11-23T00:00:00Z")
"""Where time begins in goldens; `at("tue 09:30")` counts from here."""
WEEK = Period(MONDAY, MONDAY + 7 * DAY)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def week(number: int) -> Period:
    """1: the one after `WEEK`."""
    return Period(*(each + 7 * number * DAY for each in WEEK))


def at(said: str) -> int:
    """`mon 09:30` or `tue 09:30:15` of the week; `+1 mon 09:30` of the one after."""
    *weeks, day, time = said.split()
    hours, minutes, *seconds = map(int, time.split(":"))
    start = MONDAY + (7 * int(weeks[0]) if weeks else 0) * DAY + _DAYS.index(day) * DAY
    return start + hours * HOUR + minutes * MINUTE + sum(seconds) * SECOND


class Told:
    """Facts in the order in which they were told. Each method adds to them."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def session(
        self,
        key: str,
        begin: str,
        end: str | None = None,
        reason: Reason = Reason.LAPSED,
        *,
        queue: str = "sales",
        channel: Channel = Channel.WHATSAPP,
        assignee: str | None = None,
        **came_to: Any,
    ) -> None:
        """One that began, and ended if `end` says so; `came_to`: see `SessionSum`.

        `resolved_at` and `first_human_reply_at` are said as `at` has them.
        """
        began = at(begin)
        self._add(key, FactKind.SESSION_OPENED, began, queue, channel, started_at=began)
        if end is None:
            return
        for name in ("resolved_at", "first_human_reply_at"):
            if name in came_to:
                came_to[name] = at(came_to[name])
        summed = None if reason is Reason.SUPERSEDED else SessionSum(**came_to)
        self._add(
            key,
            FactKind.SESSION_ENDED,
            at(end),
            queue,
            channel,
            started_at=began,
            reason=reason,
            assignee=assignee,
            session=summed,
        )

    def wait(
        self,
        key: str,
        begin: str,
        waited_s: int | None = None,
        *,
        within_s: int = 900,
        measure: Measure = Measure.FIRST_REPLY,
        business_s: int | None = None,
        queue: str = "sales",
        channel: Channel = Channel.WHATSAPP,
        policy: str = "everyone",
        author: str = "ana",
        assignee: str | None = None,
        shadow: bool = False,
    ) -> None:
        """A customer who waits so long for a reply (or for ever), with a promise."""
        began = at(begin)
        deadline = began + within_s * SECOND
        is_late = waited_s is None or waited_s > within_s
        clock: dict[str, Any] = {
            "measure": measure,
            "cycle": began,
            "started_at": began,
            "deadline": deadline,
            "policy": policy,
            "assignee": assignee,
            "shadow": shadow,
        }
        if is_late:
            self._add(key, FactKind.BREACHED, deadline, queue, channel, **clock)
        if waited_s is not None:
            kind = FactKind.ANSWERED_LATE if is_late else FactKind.MET
            waited = waited_s * SECOND
            open_ms = waited if business_s is None else business_s * SECOND
            clock |= {"waited_ms": waited, "waited_business_ms": open_ms}
            self._add(key, kind, began + waited, queue, channel, author=author, **clock)

    def cancelled(
        self,
        key: str,
        begin: str,
        when: str,
        reason: Reason = Reason.CLOSED,
        *,
        measure: Measure = Measure.FIRST_REPLY,
        queue: str = "sales",
        channel: Channel = Channel.WHATSAPP,
    ) -> None:
        """A promise that ended before it was kept or broken."""
        clock = {"measure": measure, "cycle": at(begin), "started_at": at(begin)}
        kind = FactKind.CANCELLED
        self._add(key, kind, at(when), queue, channel, reason=reason, **clock)

    def survey(
        self,
        key: str,
        when: str,
        scale: Scale,
        score: float,
        touchpoint: str | None = None,
        *,
        queue: str = "sales",
        channel: Channel = Channel.WHATSAPP,
    ) -> None:
        said = Survey(scale=scale, score=score, touchpoint=touchpoint)
        self._add(key, FactKind.SURVEYED, at(when), queue, channel, survey=said)

    def purchase(
        self,
        key: str,
        when: str,
        amount: float | None = None,
        currency: str | None = None,
        *,
        queue: str = "sales",
        channel: Channel = Channel.WHATSAPP,
    ) -> None:
        bought = Purchase(amount=amount, currency=currency)
        self._add(key, FactKind.PURCHASED, at(when), queue, channel, purchase=bought)

    def _add(
        self,
        key: str,
        kind: FactKind,
        when: int,
        queue: str,
        channel: Channel,
        **said: Any,
    ) -> None:
        self.facts.append(
            Fact(
                fact_id=fact_id(key, kind, when, len(self.facts)),
                kind=kind,
                at=when,
                noticed_at=when,
                conversation_id=key,
                channel=channel,
                account="1065",
                queue=queue,
                **said,
            )
        )


def tables_of(
    facts: list[Fact],
    folder: Path,
    thresholds: Thresholds | None = None,
    *,
    apart: int = 1,
) -> Tables:
    """The tables of these facts, by way of an archive in `folder`.

    `apart`: how far their places (offsets) are.
    """
    with Archive(folder, monthly=True) as archive:
        for place, fact in enumerate(facts):
            archive.add(fact, place * apart)
        for _ in archive.write():
            pass
    files = sorted(folder.glob("*.parquet"))
    return Tables(duckdb.connect(), files, thresholds or Thresholds())


def figure_of(
    figure: Figure,
    told: Told,
    folder: Path,
    by: tuple[str, ...] = (),
    *,
    period: Period = WEEK,
    thresholds: Thresholds | None = None,
) -> list[Row]:
    """What the figure says of the story."""
    return figure.of(tables_of(told.facts, folder, thresholds), period, by)
