"""A load of signed webhooks over connections that stay open, in a process of its own.

Bytes are made before the clock starts, and an answer is read no further than its status
and length: a load that costs little leaves the machine to what is measured.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from resource import RLIMIT_NOFILE, getrlimit, setrlimit

import msgspec
import uvloop
from msgspec import Struct

from stream.channels.signature import HEADER, sign
from stream.simulator.bodies import whatsapp_message
from stream.simulator.stories import Delivery

_ACCOUNT = "106540352242922"
_SLOW_EVERY_S = 1.0


class Order(Struct, frozen=True, kw_only=True):
    """What to send. `rate`: webhooks a second, each at its time; 0: one after another.

    `idle` connections ask once and stay; `slow` ones send a header byte by byte.
    """

    port: int
    secret: str
    webhooks: int
    connections: int = 64
    rate: float = 0
    idle: int = 0
    slow: int = 0


class Outcome(Struct, frozen=True, kw_only=True):
    """Seconds; `delays` are from a webhook's time until its answer."""

    seconds: float
    median: float
    p99: float
    answers: dict[int, int]


def request(path: str, headers: dict[str, str], body: bytes) -> bytes:
    """The bytes of a POST."""
    lines = [f"POST {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def signed(source: str, body: bytes, secret: bytes) -> bytes:
    """The bytes of a webhook."""
    headers = {HEADER: sign(secret, body), "Content-Type": "application/json"}
    return request(f"/hooks/{source}", headers, body)


def of_play(deliveries: Sequence[Delivery], secrets: dict[str, bytes]) -> list[bytes]:
    """The bytes of a play's webhooks."""
    return [
        signed(each.source, msgspec.json.encode(each.body), secrets[each.source])
        for each in deliveries
    ]


async def send(
    port: int, requests: Sequence[bytes], connections: int, rate: float = 0
) -> Outcome:
    """Send them all, and time the answers."""
    began = time.perf_counter()
    delays: list[float] = []
    answers: Counter[int] = Counter()
    numbers = iter(range(len(requests)))

    async def post_in_turn() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            due = began + number / rate if rate else time.perf_counter()
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            while True:
                writer.write(requests[number])
                try:
                    answers[await _status(reader)] += 1
                    break
                except (asyncio.IncompleteReadError, ConnectionError):
                    # Closed while it was idle: a client asks again.
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
            delays.append(time.perf_counter() - due)
        writer.close()

    await asyncio.gather(*(post_in_turn() for _ in range(connections)))
    delays.sort()
    return Outcome(
        seconds=time.perf_counter() - began,
        median=delays[len(delays) // 2],
        p99=delays[len(delays) * 99 // 100],
        answers=dict(answers),
    )


async def _status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
    await reader.readexactly(int(length))
    return int(head[9:12])


async def _idle(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n")
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        await _status(reader)
        await reader.read()
    writer.close()


async def _slow(port: int) -> None:
    while True:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        with suppress(ConnectionError):
            for byte in b"POST /hooks/whatsapp HTTP/1.1":
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(_SLOW_EVERY_S)
        writer.close()


async def carry_out(order: Order) -> Outcome:
    """Make the bytes, open what stands beside, send."""
    setrlimit(RLIMIT_NOFILE, (8192, max(8192, getrlimit(RLIMIT_NOFILE)[1])))
    now, secret = time.time_ns() // 1_000_000, order.secret.encode()
    requests = []
    for number in range(order.webhooks):
        customer, name = f"1555{number:07}", f"wamid.B{now}_{number}"
        body = whatsapp_message(_ACCOUNT, customer, name, now)
        requests.append(signed("whatsapp", msgspec.json.encode(body), secret))
    beside = [_idle(order.port) for _ in range(order.idle)]
    beside += [_slow(order.port) for _ in range(order.slow)]
    tasks = [asyncio.create_task(each) for each in beside]
    await asyncio.sleep(_SLOW_EVERY_S if tasks else 0)
    try:
        return await send(order.port, requests, order.connections, order.rate)
    finally:
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(carry_out(given))))
