"""Meta's signature of a webhook: HMAC-SHA256 of the raw body (channels.md 1.6)."""

import hashlib
import hmac

HEADER = "X-Hub-Signature-256"


def sign(secret: bytes, body: bytes) -> str:
    """Return the header's value for `body`, which must be the bytes on the wire."""
    return "sha256=" + hmac.digest(secret, body, hashlib.sha256).hex()


def is_signed(secret: bytes, body: bytes, header: str | None) -> bool:
    """Whether `header` signs `body`; takes equally long for any wrong signature."""
    if header is None:
        return False
    # As bytes: `compare_digest` raises on text that is not ASCII.
    given = header.encode("utf-8", "surrogateescape")
    return hmac.compare_digest(sign(secret, body).encode(), given)
