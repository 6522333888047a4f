"""A story as JSON's types, for programs."""

import json
from collections.abc import Iterable
from typing import Any

from stream.explain.notice import Notice
from stream.explain.story import ClockStory, SessionStory, calendar_of
from stream.records import encode_fact
from stream.sla.instants import rfc3339
from stream.sla.policy import Rules


def plain(
    sessions: Iterable[SessionStory], rules: Rules, unknown: str | None
) -> dict[str, Any]:
    """The whole story; `unknown` says why nobody knows what was sent where.

    A clock's `notices` are null then, so that nobody takes it for "nobody was told".
    """
    return {
        "sessions": [
            {
                "started_at": rfc3339(session.start.at),
                "ended_at": None if session.end is None else rfc3339(session.end.at),
                "clocks": [
                    {
                        **_clock(clock, rules),
                        "notices": None
                        if unknown is not None
                        else [_notice(notice) for notice in clock.notices],
                    }
                    for clock in session.clocks
                ],
            }
            for session in sessions
        ],
        "notices_unknown": unknown,
    }


def _clock(clock: ClockStory, rules: Rules) -> dict[str, Any]:
    end, last = clock.end, clock.last
    until = end.at if end is not None else last.noticed_at
    counted = clock.counted(calendar_of(last, rules), until)
    return {
        "measure": clock.measure.value,
        "cycle": rfc3339(clock.started_at),
        "shadow": clock.shadow,
        "stands": clock.standing,
        "counted": [[rfc3339(a), rfc3339(b)] for a, b in counted],
        "counted_s": sum(b - a for a, b in counted) / 1000,
        "facts": [json.loads(encode_fact(fact)) for fact in clock.facts],
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "kind": notice.kind.value,
        "at": None if notice.at is None else rfc3339(notice.at),
        "receiver": notice.receiver,
        "place": notice.place,
        "says": notice.says,
    }
