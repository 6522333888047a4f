"""Matters: conversations that a helpdesk tags and settles, and asks customers about.

Customers and answers come by webhook, the rest is posted. Each matter says what it is
to count as, because it was written so, and not because our rules said so.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from stream.simulator.play import Play, Truth
from stream.simulator.stories import SECOND, Story

CATEGORIES = ("website", "delivery")
_PACE = 2 * SECOND
"""From a step to the next: webhooks may overtake each other on a busy machine."""
_FIRST = 3 * SECOND
_NUMBERS = 30_000_000
"""Their customers are none of the simulator's."""


@dataclass(frozen=True, slots=True)
class Matter:
    """`steps`, one each two seconds, and the numbers that they add to.

    Those have the names of outcomes (`docs/metrics.md`) and categories; `handled`:
    seconds until it was resolved. An answer to a survey says how good it is.
    """

    steps: tuple[str, ...]
    known: Mapping[str, int]


MATTERS = (
    Matter(  # one answer settles it
        (
            *("customer", "agent", "tags website", "resolved", "closed"),
            *("csat 5 good", "buys"),
        ),
        {"ended": 1, "resolved": 1, "one_reply": 1, "handled": 6, "website": 1},
    ),
    Matter(  # two do; the survey comes twice, as whoever got no answer sends it again
        (
            *("customer", "agent", "customer", "agent", "tags delivery red"),
            *("resolved", "closed", "csat 2 bad", "again", "nps 3 bad"),
        ),
        {"ended": 1, "resolved": 1, "handled": 10, "delivery": 1},
    ),
    Matter(  # it comes back once
        (
            *("customer", "agent", "resolved", "customer", "agent", "resolved"),
            *("tags website delivery", "closed", "nps 8 middling", "emotion -0.25 bad"),
        ),
        {
            "ended": 1,
            "resolved": 1,
            "reopened": 1,
            "handled": 10,
            "website": 1,
            "delivery": 1,
        },
    ),
    Matter(  # the machine is enough
        (
            *("customer", "bot", "tags red", "resolved", "closed"),
            *("ces 6 given", "nps 10 good"),
        ),
        {"ended": 1, "resolved": 1, "automated": 1, "handled": 6, "other": 1},
    ),
    Matter(  # nobody answered, and the customer went
        ("customer", "customer", "closed", "emotion 0 middling"),
        {"ended": 1, "abandoned": 1},
    ),
    Matter(  # closed behind the answer, which resolves it (semantics 6.6)
        (
            *("customer", "agent", "closed", "emotion 0.75 good", "csat 4 good"),
            *("nps 9 good", "buys"),
        ),
        {"ended": 1, "resolved": 1, "one_reply": 1, "handled": 4},
    ),
)


def add_matters(play: Play, accounts: tuple[str, ...], start: int, first: int) -> None:
    """Have them all happen on each account, from `start` (ms).

    Customers count from `first`.
    """
    random = Random(start)  # noqa: S311  traffic, no secret
    start -= start % SECOND  # WhatsApp tells whole seconds
    for place, account in enumerate(accounts):
        source, _, name = account.partition(":")
        for number, matter in enumerate(
            MATTERS, _NUMBERS + first + place * len(MATTERS)
        ):
            story = Story(random, source, name, number, start + _FIRST, target=0)
            _play(story, matter, play.truth)
            play.deliveries += story.deliveries
    play.deliveries.sort(key=lambda delivery: delivery.at)


def _play(story: Story, matter: Matter, truth: Truth) -> None:
    known: dict[str, float] = defaultdict(float, matter.known)
    says: dict[str, Callable[[int], object]] = {
        "customer": story.customer,
        "agent": story.reply,
        "bot": story.bot,
    }
    for number, step in enumerate(matter.steps):
        at = story.started_at + number * _PACE
        what, *said = step.split()
        match what:
            case "customer" | "agent" | "bot":
                says[what](at)
            case "again":
                story.repeat_last()
            case "resolved" | "closed":
                story.tell("status", at, status=what)
            case "tags":
                story.tell("attributes", at, tags=said)
            case "buys":
                story.tell("purchase", at, amount=9.5, currency="EUR")
                known["purchases"] += 1
            case scale:
                score, answer = float(said[0]), said[1]
                story.tell("survey", at, scale=scale, score=score)
                known[f"{scale} {answer}"] += 1
                known[f"{scale} {answer} scores"] += abs(score)
    truth.add(story)
    truth.sessions += 1
    truth.met += "agent" in matter.steps
    for name, count in known.items():
        truth.figures[name] = truth.figures.get(name, 0) + count
