"""Untrusted JSON, read."""

from datetime import UTC, datetime

import pytest

from stream.channels.fields import (
    NotJsonError,
    PartIgnoredError,
    decoded,
    identifier,
    instant,
    needed,
)

AT = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(1790000000, id="a number of seconds"),
        pytest.param("1790000000", id="digits of seconds"),
        pytest.param(1790000000000, id="a number of milliseconds"),
        pytest.param("1790000000000", id="digits of milliseconds"),
    ],
)
def test_the_same_instant_can_be(written: object) -> None:
    """Both units and both types occur on the wire."""
    assert instant(written) == AT


@pytest.mark.parametrize(
    "written",
    [None, True, "", "now", "-5", "१७९०००००००", 1.5, 0, -1, 10**18, "9" * 5000, []],
)
def test_no_instant_is(written: object) -> None:
    """What is no time of this century or later is malformed."""
    with pytest.raises(PartIgnoredError, match="malformed"):
        instant(written)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("263902037430900", "263902037430900"),
        (263902037430900, "263902037430900"),
        (2**70, "1180591620717411303424"),
        ("", None),
        (None, None),
    ],
)
def test_an_id_is_text_even_when_it_came_as_a_number(
    written: object, read: str | None
) -> None:
    """Ids are compared as text, beyond 2^53 too."""
    assert identifier(written) == read


@pytest.mark.parametrize("written", [True, 1.5, [], {}, "a\nb", "\ud83d", "x" * 257])
def test_no_id_is(written: object) -> None:
    """Other types, control characters and half emojis are malformed."""
    with pytest.raises(PartIgnoredError, match="malformed"):
        identifier(written)


def test_a_needed_id_must_be_there() -> None:
    """Absent is malformed where the event cannot do without."""
    with pytest.raises(PartIgnoredError, match="malformed"):
        needed(None)


def test_an_emoji_cut_in_two_is_json() -> None:
    """A text that Meta cut in the middle of an emoji does not lose the message."""
    assert decoded(b'{"body": "\\ud83d"}') == {"body": "\ud83d"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"hub.mode=subscribe", id="a form"),
        pytest.param(b'{"a": ', id="half an object"),
        pytest.param(b"\xff\xfe\xff", id="no UTF-8"),
        pytest.param(b'{"a": NaN}', id="NaN"),
        pytest.param(b"[" * 100_000, id="brackets without end"),
    ],
)
def test_not_json_is(body: bytes) -> None:
    """What no JSON reader takes is refused by name."""
    with pytest.raises(NotJsonError):
        decoded(body)
