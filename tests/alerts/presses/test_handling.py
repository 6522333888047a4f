"""The fold of presses: what is so, whatever order they came in."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from alerts.presses.handling import NOBODY, handling_of, is_muted
from alerts.presses.press import Press, PressKind, decode_press, encode_press

TAKEN = Press(press_id="1", kind=PressKind.TAKE, by="U0ANA", at=100, until=200)
BACK = Press(press_id="2", kind=PressKind.GIVE_BACK, by="U0ANA", at=150)
TAKEN_BY_BEN = replace(TAKEN, press_id="3", by="U0BEN", at=120, until=220)
SNOOZED = Press(press_id="4", kind=PressKind.SNOOZE, by="U0BEN", at=110, until=300)

presses = st.lists(
    st.builds(
        Press,
        press_id=st.text(min_size=1, max_size=3),
        kind=st.sampled_from(PressKind),
        by=st.sampled_from(["U0ANA", "U0BEN"]),
        at=st.integers(0, 5),
        until=st.none() | st.integers(0, 9),
    ),
    max_size=8,
    unique_by=lambda press: press.press_id,
)


@given(pressed=presses, data=st.data())
def test_any_order_and_repetition_come_to_the_same(
    pressed: list[Press], data: st.DataObject
) -> None:
    """Shuffled and repeated, the same presses stand."""
    again = data.draw(st.lists(st.sampled_from(pressed))) if pressed else []
    shuffled = data.draw(st.permutations([*pressed, *again]))
    assert handling_of(shuffled) == handling_of(pressed)


@given(pressed=presses)
def test_the_last_of_a_kind_or_its_counterpart_stands(pressed: list[Press]) -> None:
    """A second opinion: whoever was last took it, or nobody has it."""
    about = [p for p in pressed if p.kind in {PressKind.TAKE, PressKind.GIVE_BACK}]
    last = max(about, key=lambda p: (p.at, p.name), default=None)
    is_taken = last is not None and last.kind is PressKind.TAKE
    assert handling_of(pressed).taken == (last if is_taken else None)


def test_two_at_once_have_one_end() -> None:
    """Both processes see the same one of two presses of one instant."""
    ben = replace(TAKEN, press_id="9", by="U0BEN")
    assert handling_of([TAKEN, ben]).taken == handling_of([ben, TAKEN]).taken


def test_a_counterpart_undoes_and_a_later_press_does_again() -> None:
    """Given back nobody has it; taken afterwards somebody has."""
    assert handling_of([TAKEN, BACK]) == NOBODY
    assert handling_of([TAKEN, BACK, replace(TAKEN, press_id="5", at=160)]).taken


def test_the_other_one_stays() -> None:
    """To give back wakes nothing."""
    assert handling_of([TAKEN, SNOOZED, BACK]).snoozed == SNOOZED


def test_it_is_quiet_until_the_last_of_them_ends() -> None:
    """Its end is excluded; then it is back, by the one that ended last."""
    handling = handling_of([TAKEN, SNOOZED])
    assert handling.quiet(199) == TAKEN
    assert handling.quiet(200) == SNOOZED
    assert handling.returned(299) is None
    assert handling.quiet(300) is None
    assert handling.returned(300) == SNOOZED
    assert [handling.changes_at(at) for at in (150, 200, 300)] == [200, 300, None]


def test_a_message_changes_when_something_ends() -> None:
    """The revision before the end is another than after it, and says who has it."""
    handling = handling_of([TAKEN])
    assert handling.revision(150) == handling.revision(199) != handling.revision(200)
    assert handling.revision(150) != handling_of([TAKEN_BY_BEN]).revision(150)
    assert NOBODY.revision(0) == ""


def test_a_mute_holds_until_its_end() -> None:
    """Or until somebody undoes it."""
    mute = Press(press_id="1", kind=PressKind.MUTE, by="U0ANA", at=1, until=9)
    assert is_muted(mute, 8)
    assert not is_muted(mute, 9)
    assert not is_muted(replace(mute, kind=PressKind.UNMUTE, until=None), 8)
    assert not is_muted(None, 8)


@given(pressed=presses)
def test_what_is_written_is_read(pressed: list[Press]) -> None:
    """The codec loses nothing."""
    assert [decode_press(encode_press(press)) for press in pressed] == pressed
