"""Customers get names that say nothing: phone numbers stay out of Kafka."""

import hashlib
import hmac

LENGTH = 20


def pseudonym(id_secret: bytes, channel: str, account: str, customer: str) -> str:
    """Twenty hex digits; the same customer of the same account gets the same ones.

    Without `id_secret` nobody can find the customer by trying every phone number.
    Another secret makes other names: every conversation would begin anew.
    """
    text = f"{channel}:{account}:{customer}".encode()
    return hmac.digest(id_secret, text, hashlib.sha256).hex()[:LENGTH]
