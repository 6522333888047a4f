"""What stands of what was pressed: what was told or shown, unless Redis lost it."""

import pytest

from alerts.presses.press import PressKind
from dev.chaos.losses import Loss
from dev.chaos.pressing import Pressed
from dev.chaos.standing import Acts, standing_on, standings
from stream.sla.instants import MINUTE

KEY, AT = "a1", 1_800_000_000_000
TAKEN = ("U0ANA", AT // 1000)
EARLIER = Loss(since=0, after=0, begun=AT - 9000, ended=AT - 8000)
SINCE = {"begun": AT + 2000, "ended": AT + 3000}
ALL_SINCE = Loss(since=0, after=0, **SINCE)
LAST_SINCE = Loss(since=AT + 1000, after=AT + 1100, **SINCE)
AROUND = Loss(since=AT - 1000, after=AT + 10, **SINCE)
ITS_SECOND = Loss(since=AT - 1000, after=AT - 900, **SINCE)


def pressed(kind=PressKind.TAKE, at=AT, by="U0ANA", *, is_once=True):
    return Pressed(key=KEY, kind=kind, by=by, at=at, done_at=at + 50, is_once=is_once)


def whisper(text, at=AT, by="U0ANA"):
    return {"user": by, "ts": f"{(at + 20) / 1000:.6f}", "text": text}


def yours(at=AT, by="U0ANA"):
    until = (at + 30 * MINUTE) // 1000
    return whisper(f"It is yours until <!date^{until}^{{time}}|x>.", at, by)


def message(*texts):
    """A message that said each of them, one after the other."""
    blocks = [[{"type": "section", "text": {"text": text}}] for text in texts]
    edits = [
        {"blocks": said, "replaced_at": AT + 100 * number}
        for number, said in enumerate(blocks[:-1], 1)
    ]
    return {"blocks": blocks[-1], "posted_at": AT - 5000, "edits": edits}


SAYS_TAKEN = f"Taken by <@U0ANA> at <!date^{AT // 1000}^{{time}}|x>, until then"
PLAIN = message("A customer waits")


def test_a_message_says_who_has_it():
    """By whom, and since which second."""
    assert standing_on(message("x", SAYS_TAKEN), "Taken") == TAKEN
    assert standing_on(message(SAYS_TAKEN, "x"), "Taken") is None


CASES = {
    "nothing was pressed": (Acts(), PLAIN, {None}),
    "nobody knows if it arrived": (Acts([pressed()]), PLAIN, {None, TAKEN}),
    "who pressed was told": (Acts([pressed()], [yours()]), PLAIN, {TAKEN}),
    "it was shown once": (Acts([pressed()]), message(SAYS_TAKEN, "x"), {TAKEN}),
    "somebody else was told": (
        Acts([pressed()], [yours(by="U0BEN")]),
        PLAIN,
        {None, TAKEN},
    ),
    "another press was told": (
        Acts([pressed()], [yours(AT + 1000)]),
        PLAIN,
        {None, TAKEN},
    ),
    "Redis lost all before": (
        Acts([pressed()], [yours()], [EARLIER]),
        PLAIN,
        {TAKEN},
    ),
    "Redis lost all since": (Acts([pressed()], [yours()], [ALL_SINCE]), PLAIN, {None}),
    "Slack may bring it again": (
        Acts([pressed(is_once=False)], [yours()], [ALL_SINCE]),
        PLAIN,
        {None, TAKEN},
    ),
    "Redis lost what came after it": (
        Acts([pressed()], [yours()], [LAST_SINCE]),
        PLAIN,
        {TAKEN},
    ),
    "Redis may have lost it": (
        Acts([pressed()], [yours()], [AROUND]),
        PLAIN,
        {None, TAKEN},
    ),
    "Redis lost it": (Acts([pressed()], [yours()], [ITS_SECOND]), PLAIN, {None}),
    "Redis lost it, and who had it shown ended": (
        Acts([pressed()], [yours()], [ITS_SECOND], [AT + 500]),
        PLAIN,
        {None, TAKEN},
    ),
    "it was given back": (
        Acts(
            [pressed(), pressed(PressKind.GIVE_BACK, AT + 2000)],
            [yours(), whisper("It is given back. x", AT + 2000)],
        ),
        PLAIN,
        {None},
    ),
    "it may have been given back": (
        Acts([pressed(), pressed(PressKind.GIVE_BACK, AT + 2000)], [yours()]),
        PLAIN,
        {None, TAKEN},
    ),
    "somebody else took it after that": (
        Acts(
            [pressed(), pressed(at=AT + 2000, by="U0BEN")],
            [yours(), yours(AT + 2000, "U0BEN")],
        ),
        PLAIN,
        {("U0BEN", AT // 1000 + 2)},
    ),
}


@pytest.mark.parametrize(("acts", "shown", "right"), CASES.values(), ids=CASES.keys())
def test_what_may_stand(acts, shown, right):
    """What is known to be written down must stand; the rest may."""
    assert standings(shown, KEY, "Taken", acts) == right


def test_a_snooze_is_no_take():
    """Each is decided by its own presses."""
    snoozed = Acts([pressed(PressKind.SNOOZE)])
    assert standings(PLAIN, KEY, "Taken", snoozed) == {None}
    assert standings(PLAIN, KEY, "Snoozed", snoozed) == {None, TAKEN}
