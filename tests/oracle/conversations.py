"""Random conversations and promises: whole seconds, and instants that collide.

Times grow by the very durations that are promised, so that much happens at a deadline
or a second beside it.
"""

from hypothesis import strategies as st
from msgspec.structs import replace

from stream.sla.events import (
    AssignmentEvent,
    AttributesEvent,
    Author,
    AuthorKind,
    Channel,
    DeliveryEvent,
    DeliveryState,
    Direction,
    Event,
    MergedEvent,
    MessageEvent,
    Nature,
    NoReplyNeededEvent,
    SpamEvent,
    Status,
    StatusEvent,
)
from stream.sla.instants import from_ms
from tests.oracle.open_seconds import OpenSeconds
from tests.oracle.promises import Plan, Promises

BASES = (
    1_772_410_200,  # Monday, 2 March 2026, 00:10 UTC
    1_774_743_000,  # 29 March, 00:10 UTC: 50 minutes before Budapest's spring change
    1_792_887_000,  # 25 October, 00:10 UTC: 50 minutes before the autumn change
)
GAPS = (1803, 1800)
"""Of silence: the first is no sum of the steps below, the second is one of them."""

MEASURES = ("first_reply", "next_reply", "resolution", "window")
REPLIES_ALONE = ("first_reply", "next_reply", "window")

SHORT = (30, 60, 59, 61, 1, 119, 120, 121, 300, 5, 0, 0)
LONG = (*SHORT, 600, 1200, 1799, 1800, 1801, 2400)

MOTIFS = (
    *"cccaabosufnrxtpqhgdi",  # a letter each, as `_happening` reads them
    *("ca", "cca", "cac", "cafa", "cacaca", "can"),
    *("caPO", "caPcaO", "cPaO", "caPO", "caPOPOr", "caPr"),
    *("cr", "carO", "carc", "carOr", "carOrOr", "crcr", "caPrO", "caPOrOr", "caOrP"),
    *("ctat", "cqaq", "capOp", "caPqO", "carOqr", "cacqa"),
    *("crO", "caxO", "cag", "cgca", "ccg", "cbqa", "cbO", "cbbq", "cabq", "cia"),
)
"""What follows upon each other in real life: pauses end, the resolved is reopened."""

MOVES = (
    "cbq",
    "cbO",
    "cbaq",
    "ctaqa",
    "ct",
    "cq",
    "cqq",
    "cp",
    "cacq",
    "caPqO",
    "caPtO",
    "caPqOr",
    "carOq",
    "ctqp",
    "cqqq",
    "ctoa",
    "cqoqa",
    "cPq",
    *("ckkk", "kckk", "cjjj", "jcjj", "kckka"),
    *("ctma", "ckma", "ctmca"),
)
"""Another tier, queue or priority while a clock runs, or is paused."""

LULLS = ("ca", "c", "a", "cn", "can", "car", "rO", "crO", "cax", "cO", "cPc")
"""Little happens, and much of it at one instant, or when silence ends something."""

COLLIDING = (0, 0, 0, 60, 300, 1800, 1800, 2400)
"""Steps that make the targets and silences below."""

CALENDARS = (
    OpenSeconds("always"),
    OpenSeconds(
        "broken",
        "Europe/Budapest",
        ((1380, 80), (85, 100), (110, 185), (190, 200), (215, 270), (300, 1380)),
    ),
    OpenSeconds(
        "far", "Asia/Kathmandu", ((355, 362), (370, 400), (420, 460), (470, 1430))
    ),
)
NAMES = tuple(calendar.name for calendar in CALENDARS)
PAUSING = (Status.WAITING_ON_CUSTOMER, Status.ON_HOLD, Status.SNOOZED)
CHANGING = ({"tier": "vip"}, {"queue": "near"}, {"priority": "high"})
MATCHES = (*CHANGING, {"tags": "billing"}, {"hours": "closed"})

_durations = st.sampled_from([60, 120, 300, 600, 1200, 2400])


@st.composite
def _targets(draw, calendars, measures):
    found = {
        measure: (draw(_durations), draw(st.sampled_from(calendars)))
        for measure in measures
        if draw(st.integers(0, 3))
    }
    return found if draw(st.integers(0, 9)) else {}


_switches = st.sets(st.sampled_from(["bot", "automation", "template", "call"]))


@st.composite
def promises(  # noqa: PLR0917  what a test may hold still
    draw,
    calendars=NAMES,
    plans=(1, 2, 3),
    matches=MATCHES,
    measures=MEASURES,
    gaps=GAPS,
):
    """A config of so many policies, the last one for everybody."""
    pause_on = frozenset(draw(st.sets(st.sampled_from(PAUSING))))
    each_counts = draw(st.booleans())
    switches = frozenset(draw(_switches))
    count = draw(st.sampled_from(plans))
    found = [*draw(st.permutations(matches))[: count - 1], {}]
    book = [
        Plan(
            f"policy {number}",
            match,
            draw(_targets(calendars, measures)),
            pause_on,
            draw(st.booleans()),
            frozenset(draw(_switches)) if each_counts else switches,
        )
        for number, match in enumerate(found)
    ]
    return Promises(
        book,
        {calendar.name: calendar for calendar in CALENDARS},
        gap=draw(st.sampled_from(gaps)),
        abandon_after=draw(st.sampled_from([2400, 2407, 5003, 9001])),
        unresolved_after=draw(st.sampled_from([3000, 3011, 7019])),
        window=draw(st.sampled_from([300, 1200, 3600])),
        unknown=draw(st.sampled_from([AuthorKind.AGENT, AuthorKind.BOT])),
        instant=draw(st.sampled_from([0, 5, 60, 120])),
        queue_calendar=draw(st.sampled_from(calendars)),
    )


@st.composite
def conversations(draw, most=5, motifs=MOTIFS, steps=(LONG, SHORT)):
    """Events of one conversation, in order, each with an id of its own.

    `steps`: the seconds before a motif, and those within it.
    """
    second = draw(st.sampled_from(BASES))
    drawn = draw(st.lists(st.sampled_from(motifs), min_size=1, max_size=most))
    if draw(st.integers(0, 3)):
        drawn.append("x")  # a session that was resolved is to end without silence
    events: list[Event] = []
    number = 0
    for motif in drawn:
        for place, kind in enumerate(motif):
            is_within = bool(place) or motif == "x"
            second += draw(st.sampled_from(steps[is_within]))
            number += 1
            envelope = {
                "v": 1,
                "event_id": f"e{number}",
                "occurred_at": from_ms(second * 1000),
                "conversation_id": "c",
                "channel": Channel.WHATSAPP,
                "account": "1",
            }
            events += draw(_happening(kind, envelope, f"m{number}"))
    return events


@st.composite
def _happening(draw, kind, envelope, name):  # noqa: C901, PLR0911, PLR0912, PLR0915  one case a kind
    match kind:
        case "c":
            nature = draw(st.sampled_from([Nature.PLAIN] * 5 + [Nature.CALL]))
            said = draw(st.sampled_from([{}] * 4 + [{"tier": "vip"}]))
            author = Author(kind=AuthorKind.CUSTOMER)
            return [_message(envelope | said, name, author, nature)]
        case "a":
            return [_message(envelope, name, Author(kind=AuthorKind.AGENT, id="Ana"))]
        case "o":
            kinds = [AuthorKind.AGENT, AuthorKind.BOT, AuthorKind.SYSTEM]
            author = Author(kind=draw(st.sampled_from(kinds)))
            nature = draw(st.sampled_from([n for n in Nature if n not in _ODD]))
            return [_message(envelope, name, author, nature)]
        case "b":
            return [_message(envelope, name, Author(kind=AuthorKind.BOT))]
        case "u":
            unsure = _message(envelope, name, Author(kind=AuthorKind.UNKNOWN))
            better = draw(st.sampled_from([None, AuthorKind.AGENT, AuthorKind.BOT]))
            if better is None:
                return [unsure]
            event_id = unsure.event_id + "better"
            author = Author(kind=better)
            return [unsure, replace(unsure, author=author, event_id=event_id)]
        case "f":
            reply = _message(envelope, name, Author(kind=AuthorKind.AGENT))
            failed = DeliveryEvent(
                **envelope | {"event_id": f"{name}failed"},
                message_id=name,
                state=DeliveryState.FAILED,
            )
            return [reply, failed]
        case "d":
            reply = _message(envelope, name, Author(kind=AuthorKind.AGENT))
            states = draw(
                st.permutations([DeliveryState.FAILED, DeliveryState.DELIVERED])
            )
            return [
                reply,
                *(
                    DeliveryEvent(
                        **envelope | {"event_id": f"{name}{state}"},
                        message_id=name,
                        state=state,
                    )
                    for state in states
                ),
            ]
        case "s":
            status = draw(st.sampled_from(list(Status)[:5]))
            return [StatusEvent(**envelope, status=status)]
        case "P":
            status = draw(st.sampled_from(PAUSING))
            return [StatusEvent(**envelope, status=status)]
        case "O":
            return [StatusEvent(**envelope, status=Status.OPEN)]
        case "r":
            return [StatusEvent(**envelope, status=Status.RESOLVED)]
        case "x":
            return [StatusEvent(**envelope, status=Status.CLOSED)]
        case "n":
            return [NoReplyNeededEvent(**envelope)]
        case "t":
            tier = draw(st.sampled_from(["vip", "none", None]))
            return [AttributesEvent(**envelope, tier=tier)]
        case "p":
            priority = draw(st.sampled_from(["high", "low", None]))
            tags = tuple(draw(st.sampled_from([["billing"], []])))
            return [AttributesEvent(**envelope, priority=priority, tags=tags)]
        case "q":
            queue = draw(st.sampled_from(["near", "near", "distant", None]))
            assignee = draw(st.sampled_from(["Ana", "Ana", "Ben", None]))
            said = [{"queue": queue}, {"assignee": assignee}]
            both = {"queue": queue, "assignee": assignee}
            return [
                AssignmentEvent(
                    **envelope, **draw(st.sampled_from([*said, *said, both]))
                )
            ]
        case "k":
            queue = draw(st.sampled_from(["near", "near", "distant"]))
            return [AssignmentEvent(**envelope, queue=queue)]
        case "j":
            assignee = draw(st.sampled_from(["Ana", "Ana", "Ben"]))
            return [AssignmentEvent(**envelope, assignee=assignee)]
        case "m":
            author = Author(kind=AuthorKind.AGENT, id="Ana")
            return [_message(envelope, name, author, Nature.TEMPLATE)]
        case "i":
            kinds = [AuthorKind.CUSTOMER, AuthorKind.BOT, AuthorKind.SYSTEM]
            kind = draw(st.sampled_from(kinds))
            is_away = kind is AuthorKind.CUSTOMER
            return [
                MessageEvent(
                    **envelope,
                    message_id=name,
                    direction=Direction.INBOUND,
                    author=Author(kind=kind),
                    nature=Nature.AUTOMATION if is_away else Nature.PLAIN,
                )
            ]
        case "h":
            return [MergedEvent(**envelope, into="other")]
        case _:
            return [SpamEvent(**envelope)]


_ODD = (Nature.REACTION, Nature.EDIT, Nature.DELETION)


def _message(envelope, name, author, nature=Nature.PLAIN):
    inbound = author.kind is AuthorKind.CUSTOMER
    return MessageEvent(
        **envelope,
        message_id=name,
        direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
        author=author,
        nature=nature,
    )


def told(events):
    """For the report of a failure: one line an event."""
    names = {"v", "event_id", "occurred_at", "conversation_id", "channel", "account"}
    return "\n".join(
        f"{event.at // 1000} {type(event).__name__} "
        + ", ".join(
            f"{name}={getattr(event, name)}"
            for name in event.__struct_fields__
            if name not in names and getattr(event, name)
        )
        for event in events
    )
