"""Alerts acted on and ignored: the honest measure of alert fatigue (ADR 23).

Acted on is an alert on whose message somebody pressed a button, or whose customer was
answered before anybody else was told. Whom it was told is what the ledger knows.
"""

from collections.abc import Mapping

from alerts.ledger import Ledger

_CHUNK = 200
"""Entries read in one round trip."""


async def acted_on(
    receiver: str, alerts: Mapping[str, bool], ledger: Ledger
) -> dict[str, bool]:
    """Of `alerts` those that were posted to the receiver, and whether acted on.

    `alerts`: by key, whether it was answered in time. Raises `redis.RedisError`.
    """
    found, keys = {}, list(alerts)
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        entries = await ledger.entries(chunk)
        pressed = await ledger.pressed(chunk)
        for entry, is_pressed in zip(entries, pressed, strict=True):
            is_message = entry.ts is not None and entry.host is None
            if is_message and entry.receiver == receiver:
                found[entry.key] = is_pressed or alerts[entry.key]
    return found
