"""Signatures as Standard Webhooks has them."""

import base64

from alerts.sinks.signature import headers

# Of the specification's own libraries, whose tests share it.
SECRET = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
IDENT, SECONDS, BODY = (
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    1614265330,
    b'{"test": 2432232314}',
)
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_it_is_what_others_compute() -> None:
    """The example of the libraries is signed as they sign it."""
    assert headers(IDENT, BODY, [SECRET], now=SECONDS * 1000 + 999) == {
        "webhook-id": IDENT,
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNATURE,
    }


def test_a_secret_can_be_changed() -> None:
    """While two are set, whoever knows one of them can check."""
    (signatures,) = [
        headers(IDENT, BODY, secrets, now=SECONDS * 1000)["webhook-signature"]
        for secrets in ([b"new" * 8, SECRET],)
    ]

    assert SIGNATURE in signatures.split()
    assert len(signatures.split()) == 2
