"""Send a play, each body at its time, concurrently, as Meta does.

Webhooks are signed with their app's secret; what a helpdesk posts bears its token.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import aiohttp
import msgspec

from stream.channels.signature import HEADER, sign
from stream.simulator.stories import POSTS, Delivery

AT_ONCE = 64
"""Webhooks in flight at most; Meta sends concurrently too (channels.md 1.6)."""


@dataclass
class Sent:
    """What the door answered: status code -> how often.

    `lag` is how far the sending fell behind the play, in seconds, at worst.
    """

    answers: Counter[int] = field(default_factory=Counter)
    retried: int = 0
    lag: float = 0.0


async def send_play(
    deliveries: list[Delivery],
    url: str,
    secrets: Mapping[str, bytes],
    progress: Callable[[int], None] = lambda _: None,
) -> Sent:
    """POST each delivery to its door at `url` at its wall time.

    `secrets`: of each source's app, and the token of `POSTS`.

    A 503, or no answer at all, is tried again until it is taken, as Meta would.
    """
    sent = Sent()
    gate = asyncio.Semaphore(AT_ONCE)
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def post(delivery: Delivery) -> None:
            body = msgspec.json.encode(delivery.body)
            target, headers = _door(delivery.source, secrets, body)
            try:
                while True:
                    status = await _post(session, url + target, body, headers)
                    if status is not None and status != 503:  # noqa: PLR2004
                        break
                    sent.retried += 1
                    await asyncio.sleep(1)
                sent.answers[status] += 1
            finally:
                gate.release()

        async with asyncio.TaskGroup() as posts:
            for number, delivery in enumerate(deliveries):
                wait = delivery.at / 1000 - time.time()
                if wait > 0:
                    await asyncio.sleep(wait)
                sent.lag = max(sent.lag, -wait)
                await gate.acquire()
                posts.create_task(post(delivery))
                progress(number + 1)
    return sent


def _door(
    source: str, secrets: Mapping[str, bytes], body: bytes
) -> tuple[str, dict[str, str]]:
    """The path and the headers of a body."""
    headers = {"Content-Type": "application/json"}
    if source == POSTS:
        token = secrets[source].decode()
        return "/v1/events", {**headers, "Authorization": f"Bearer {token}"}
    return f"/hooks/{source}", {**headers, HEADER: sign(secrets[source], body)}


async def _post(
    session: aiohttp.ClientSession, url: str, body: bytes, headers: Mapping[str, str]
) -> int | None:
    try:
        async with session.post(url, data=body, headers=headers) as answer:
            await answer.read()
            return answer.status
    except aiohttp.ClientError:
        return None
