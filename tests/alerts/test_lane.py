"""Timelines of one channel's lane; every `now` is given, in milliseconds."""

import pytest

from alerts.entry import Step
from alerts.failure import FailureReason
from alerts.lane import Lane, Pace, Waiting
from alerts.slack.failures import SlackFailure

PACE = Pace(
    post=1000, edit=1250, first_backoff=500, longest_backoff=3000, operator=60_000
)


def waiting(key: str, step: Step = Step.POST, at: int = 0) -> Waiting:
    return Waiting(key=key, step=step, at=at)


def lane(*items: Waiting) -> Lane:
    made = Lane("C0SALES", PACE)
    for item in items:
        made.add(item)
    return made


def played(made: Lane, until: int) -> list[tuple[int, str]]:
    """Ask Slack for whatever the lane gives, at the moment it says."""
    story = []
    while (due := made.next_at()) is not None and due <= until:
        taken = made.take(due)
        assert taken is not None
        made.began(taken.step, due)
        story.append((int(due), taken.key))
    return story


def test_new_breaches_first_oldest_first() -> None:
    """New breaches go before edits, the oldest deadline first, each at its pace."""
    made = lane(
        waiting("edit-old", Step.EDIT, at=1),
        waiting("edit-new", Step.EDIT, at=2),
        waiting("young", at=30),
        waiting("old", at=10),
    )

    assert played(made, 5000) == [
        (0, "old"),
        (0, "edit-old"),
        (1000, "young"),
        (1250, "edit-new"),
    ]


def test_a_key_is_queued_once() -> None:
    """What is known last about a key replaces what was known."""
    made = lane(waiting("a"), waiting("a", Step.EDIT))

    assert made.take(0) == waiting("a", Step.EDIT)
    assert made.take(0) is None


def test_new_messages_can_be_held_back() -> None:
    """Edits go while posts may not."""
    made = lane(
        waiting("new"), waiting("old", Step.LOOK_UP), waiting("edit", Step.EDIT)
    )

    def nothing(_: Waiting) -> bool:
        return False

    taken = made.take(0, nothing)
    assert taken is not None
    assert taken.key == "edit"
    assert made.take(0, nothing) is None
    assert made.next_at(nothing) is None


def failure(reason: FailureReason, retry_after: float | None = None) -> SlackFailure:
    return SlackFailure(reason, "detail", retry_after=retry_after)


def test_retry_after_is_honoured_for_that_call_alone() -> None:
    """A limit on edits holds edits for as long as Slack says, and no post."""
    made = lane(waiting("edit", Step.EDIT))
    taken = made.take(0)
    assert taken is not None
    limited = failure(FailureReason.RATE_LIMITED, retry_after=7)
    made.add(made.failed(taken, limited, now=0))
    made.add(waiting("new"))

    assert played(made, 20_000) == [(0, "new"), (7000, "edit")]


@pytest.mark.parametrize(
    "reason", [FailureReason.NETWORK, FailureReason.TIMEOUT, FailureReason.SERVER]
)
def test_what_passes_by_itself_is_tried_less_and_less_often(
    reason: FailureReason,
) -> None:
    """The lane backs off 0.5, 1, 2, 3, 3 s; after a success it begins anew."""
    made = lane(waiting("a"))
    now, tries = 0.0, []
    for _ in range(5):
        taken = made.take(now)
        assert taken is not None
        made.add(made.failed(taken, failure(reason), now))
        due = made.next_at()
        assert due is not None
        tries.append(due - now)
        now = due
    assert tries == [500, 1000, 2000, 3000, 3000]

    made.succeeded()
    made.back_off(now)
    assert made.next_at() == now + 500


@pytest.mark.parametrize("reason", [FailureReason.TOKEN, FailureReason.CHANNEL])
def test_what_a_person_must_mend_is_tried_slowly(reason: FailureReason) -> None:
    """The whole lane waits a minute; nothing leaves it."""
    made = lane(waiting("a"), waiting("b", at=1))
    taken = made.take(0)
    assert taken is not None
    made.add(made.failed(taken, failure(reason), now=0))

    assert played(made, 70_000) == [(60_000, "a"), (61_000, "b")]


def test_a_refused_message_holds_up_nobody_else() -> None:
    """A message that Slack refuses waits alone."""
    made = lane(waiting("bad"), waiting("good", at=1))
    taken = made.take(0)
    assert taken is not None
    made.add(made.failed(taken, failure(FailureReason.MESSAGE), now=0))

    assert played(made, 70_000) == [(0, "good"), (60_000, "bad")]


def test_trouble_is_new_once() -> None:
    """A reason is new until Slack works again or the reason changes."""
    made = lane()

    said = [
        made.is_new_trouble(FailureReason.SERVER),
        made.is_new_trouble(FailureReason.SERVER),
        made.is_new_trouble(FailureReason.TOKEN),
        made.succeeded(),
        made.succeeded(),
        made.is_new_trouble(FailureReason.TOKEN),
    ]

    assert said == [True, False, True, True, False, True]
