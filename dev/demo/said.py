"""What is said in the demo's own conversations, as bodies for `POST /v1/events`."""

from stream.simulator.bodies import Body
from stream.sla.instants import rfc3339


def said(account: str, queue: str, customer: str, at: int, direction: str) -> Body:
    """A message of `customer`, or an answer (`direction`); `at` in milliseconds."""
    author = "customer" if direction == "inbound" else "agent"
    name = f"{queue}-{customer}-{author}"
    channel, _, number = account.partition(":")
    return {
        "kind": "message",
        "event_id": name,
        "occurred_at": rfc3339(at),
        "channel": channel,
        "account": number,
        "customer_ids": [customer],
        "queue": queue,
        "message_id": name,
        "direction": direction,
        "author": {"kind": author, "id": "7"},
        "customer_name": "Demo Customer",
    }
