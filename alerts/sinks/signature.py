"""Signatures of webhooks, as Standard Webhooks 1.0.0 has them. Pure.

    HMAC-SHA256 of  <webhook-id>.<webhook-timestamp>.<body>

One signature a secret, so that a secret can be changed while both are valid. The id is
the same for every repetition; the time is that of the attempt, so an old request that
somebody recorded can be refused.
"""

import base64
import hmac
from collections.abc import Iterable


def headers(
    ident: str, body: bytes, secrets: Iterable[bytes], *, now: int
) -> dict[str, str]:
    """The three headers; `now` in milliseconds. `ident` has no full stop."""
    seconds = now // 1000
    signed = f"{ident}.{seconds}.".encode() + body
    signatures = [
        base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
        for secret in secrets
    ]
    return {
        "webhook-id": ident,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }
