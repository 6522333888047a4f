"""Characters: customers and repliers who once were taken for somebody else.

Each has a promise that is kept at a known second; before it is something that is no
person's answer, or comes under another name (issues of real bodies: ADR 13 to 15).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stream.simulator.stories import SECOND, Story

_EVERY = 5
"""One kept promise in so many is a character's; odd, so that each account has some."""
_BOTH = frozenset({"whatsapp", "messenger"})
_WHATSAPP = frozenset({"whatsapp"})


@dataclass(frozen=True, slots=True)
class Character:
    """`plays` a story until a person's reply at an instant."""

    name: str
    plays: Callable[[Story, int], None]
    sources: frozenset[str] = _BOTH


@dataclass(frozen=True, slots=True)
class Part:
    """What must be found of a character's story: one wait, met after `waited` ms."""

    character: str
    source: str
    account: str
    customer: str
    waited: int


def _user_id_only(story: Story, at: int) -> None:
    """Someone who hides the phone number writes, and is answered by that name."""
    story.name = f"HU.{story.number}"
    story.customer(story.started_at)
    story.reply(at)


def _new_number(story: Story, at: int) -> None:
    """Asked under one number, answered under another."""
    story.customer(story.started_at)
    story.new_number(at - 5 * SECOND, f"2{story.name}")
    story.reply(at)


def _instant_bot(story: Story, at: int) -> None:
    """Something that nobody knows answers in two seconds, a person later."""
    story.customer(story.started_at)
    story.reply(story.started_at + 2 * SECOND, is_tagged=False)
    story.reply(at)


def _untagged_agent(story: Story, at: int) -> None:
    """An answer of whom nobody knows, at the speed of people."""
    story.customer(story.started_at)
    story.reply(at, is_tagged=False)


def _two_doors(story: Story, at: int) -> None:
    """Meta tells of an answer, and the helpdesk whose it is."""
    story.customer(story.started_at)
    story.post(story.reply(at, is_tagged=False), at)


UNTAGGED = "answered by nobody knows whom"
CAST = (
    Character("customers with a user id only", _user_id_only, _WHATSAPP),
    Character("customers with a new number", _new_number, _WHATSAPP),
    Character("answered at once by a machine", _instant_bot),
    Character(UNTAGGED, _untagged_agent),
    Character("answers told through two doors", _two_doors),
)


def whose_turn(cast: Sequence[Character], number: int, source: str) -> Character | None:
    """The character of the story with this number, if it is one's."""
    able = [character for character in cast if source in character.sources]
    if not able or number % _EVERY:
        return None
    return able[number // (2 * _EVERY) % len(able)]


def play_part(character: Character, story: Story, at: int) -> Part:
    """Let the character play; a person's reply is said at `at`."""
    character.plays(story, at)
    return Part(
        character=character.name,
        source=story.source,
        account=story.account,
        customer=story.asked_as,
        waited=at - story.started_at,
    )
