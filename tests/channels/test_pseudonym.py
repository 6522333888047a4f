"""Customers' names in events."""

import hashlib
import hmac

from stream.channels.pseudonym import pseudonym


def test_is_the_beginning_of_the_hmac_of_channel_account_and_customer() -> None:
    """Anyone who has the secret can compute a customer's name."""
    digest = hmac.new(b"secret", b"whatsapp:1:36301234567", hashlib.sha256).hexdigest()

    assert pseudonym(b"secret", "whatsapp", "1", "36301234567") == digest[:20]


def test_differs_by_secret_channel_account_and_customer() -> None:
    """Nothing can be joined that the secret's owner did not join."""
    names = {
        pseudonym(b"secret", "whatsapp", "1", "2"),
        pseudonym(b"other", "whatsapp", "1", "2"),
        pseudonym(b"secret", "messenger", "1", "2"),
        pseudonym(b"secret", "whatsapp", "3", "2"),
        pseudonym(b"secret", "whatsapp", "1", "4"),
    }

    assert len(names) == 5
