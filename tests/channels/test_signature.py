"""Meta's signature."""

import pytest

from stream.channels.signature import is_signed, sign

# RFC 4231, test case 2.
KEY = b"Jefe"
BODY = b"what do ya want for nothing?"
HEX = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_is_the_hmac_of_the_rfc() -> None:
    """The vector of RFC 4231 comes out."""
    assert sign(KEY, BODY) == f"sha256={HEX}"


def test_accepts_what_sign_made() -> None:
    """A body and its own signature belong together."""
    assert is_signed(KEY, BODY, f"sha256={HEX}")


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(None, id="there is none"),
        pytest.param("", id="it is empty"),
        pytest.param(HEX, id="the algorithm is not named"),
        pytest.param(f"sha1={HEX}", id="it is another algorithm"),
        pytest.param(f"sha256={HEX[:-1]}4", id="its last digit is wrong"),
        pytest.param(f"sha256={HEX[:20]}", id="it is cut"),
        pytest.param("sha256=é\udcff", id="it is not ASCII"),
    ],
)
def test_refuses_when(header: str | None) -> None:
    """Only the whole signature of these very bytes will do."""
    assert not is_signed(KEY, BODY, header)


def test_covers_every_byte() -> None:
    """The same JSON written otherwise has another signature."""
    assert not is_signed(KEY, b'{"a": 1}', sign(KEY, b'{"a":1}'))
