"""What stands of all that was pressed on a message: what it may say, or must. Pure.

Presses are in no topic, so no replay knows them. What whoever pressed was told, and
what the message said once, proves that a press was written down; it stands unless Redis
lost it. Of any other nothing is known: it may stand.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from alerts.presses.press import PressKind
from dev.chaos.losses import Loss
from dev.chaos.pressing import Pressed
from stream.sla.instants import MINUTE

Message = Mapping[str, Any]
Standing = tuple[str, int] | None
"""Who has it, and since which second; None: nobody."""

SUBJECTS = {
    "Taken": (PressKind.TAKE, PressKind.GIVE_BACK),
    "Snoozed": (PressKind.SNOOZE, PressKind.WAKE),
}
"""By the word on the message: what does it, and what undoes it."""
_UNTIL = {PressKind.TAKE: 30 * MINUTE, PressKind.SNOOZE: 15 * MINUTE}
_SAID = {
    PressKind.TAKE: r"(It is|All \d+ are) yours until <!date\^{until}\^",
    PressKind.SNOOZE: r"(It is|All \d+ are) snoozed until <!date\^{until}\^",
    PressKind.GIVE_BACK: r"(It is|All \d+ are) given back",
    PressKind.WAKE: r"(It is|All \d+ are) awake again",
}


@dataclass(frozen=True, slots=True)
class Acts:
    """What people did, what they were told of it, and what Redis forgot."""

    presses: Sequence[Pressed] = ()
    whispers: Sequence[Mapping[str, Any]] = ()
    losses: Sequence[Loss] = ()
    ended: Sequence[int] = ()
    """When the alerts process ended, in ms: it forgets what it had messages say."""

    def on(self, key: str, word: str) -> list[Pressed]:
        """The presses on the message `key` that decide about `word`, the last first."""
        found = [p for p in self.presses if p.key == key and p.kind in SUBJECTS[word]]
        return sorted(found, key=lambda press: press.at, reverse=True)


NOBODY_DID = Acts()


class Fate(Enum):
    """What became of a press."""

    STANDS = auto()
    GONE = auto()
    UNKNOWN = auto()


def standing_on(message: Message, word: str) -> Standing:
    """What the message says now."""
    said = re.search(rf"{word} by <@(\w+)> at <!date\^(\d+)\^", _text(message))
    return (said[1], int(said[2])) if said else None


def standings(message: Message, key: str, word: str, acts: Acts) -> set[Standing]:
    """All that it may say; one thing, where what stands is known."""
    found: set[Standing] = set()
    for press in acts.on(key, word):
        fate = fate_of(press, message, word, acts)
        if fate is not Fate.GONE:
            is_done = press.kind is SUBJECTS[word][0]
            found.add((press.by, press.at // 1000) if is_done else None)
        if fate is Fate.STANDS:
            return found
    return {*found, None}


def fate_of(press: Pressed, message: Message, word: str, acts: Acts) -> Fate:
    """Whether it was written down, and is still."""
    known = [*_told(press, acts), *_shown(press, message, word)]
    if not known:
        return Fate.UNKNOWN
    fate, known_at = Fate.STANDS, min(known)
    for loss in acts.losses:
        if known_at < loss.since or press.at > loss.ended:
            continue
        was_over = max(known_at, press.done_at) < loss.begun and press.is_once
        # Only who lives knows that a message says more than Redis.
        is_missed = loss.is_of_all or not any(end > loss.since for end in acts.ended)
        if press.at > loss.after and was_over and is_missed:
            return Fate.GONE
        fate = Fate.UNKNOWN
    return fate


def versions(message: Message) -> Iterator[tuple[int, Message]]:
    """All that it ever said, each with when it began to (ms)."""
    begins = [message["posted_at"], *(each["replaced_at"] for each in message["edits"])]
    return zip(begins, [*message["edits"], message], strict=True)


def _told(press: Pressed, acts: Acts) -> Iterator[int]:
    """When whoever pressed was told that it is so."""
    until = (press.at + _UNTIL.get(press.kind, 0)) // 1000
    said = _SAID[press.kind].replace("{until}", str(until))
    if press.kind not in _UNTIL and not _is_alone(press, acts):
        return  # the sentence does not say which press it is about
    for whisper in acts.whispers:
        at = round(float(whisper["ts"]) * 1000)
        is_theirs = whisper["user"] == press.by and at >= press.at
        if is_theirs and re.match(said, whisper["text"]):
            yield at


def _is_alone(press: Pressed, acts: Acts) -> bool:
    alike = [p for p in acts.presses if (p.by, p.kind) == (press.by, press.kind)]
    return alike == [press]


def _shown(press: Pressed, message: Message, word: str) -> Iterator[int]:
    """When the message began to say so."""
    for began, version in versions(message):
        if standing_on(version, word) == (press.by, press.at // 1000):
            yield began


def _text(message: Message) -> str:
    return json.dumps(message["blocks"], ensure_ascii=False)
