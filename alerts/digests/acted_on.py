"""Alerts acted on and ignored: the honest measure of alert fatigue (ADR 23).

Acted on is an alert on whose message somebody pressed a button, or whose customer was
answered before anybody else was told. Which were posted is what the ledger knows.
"""

from collections.abc import Mapping

from alerts.ledger import Ledger

_CHUNK = 200
"""Entries read in one round trip."""


async def acted_on(alerts: Mapping[str, bool], ledger: Ledger) -> dict[str, bool]:
    """Of `alerts` those that have a message, and whether they were acted on.

    `alerts`: by key, whether it was answered in time. Raises `redis.RedisError`.
    """
    found, keys = {}, list(alerts)
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        entries = await ledger.entries(chunk)
        pressed = await ledger.presses.pressed(chunk)
        for entry, is_pressed in zip(entries, pressed, strict=True):
            if entry.ts is not None and entry.host is None:
                found[entry.key] = is_pressed or alerts[entry.key]
    return found
