"""The connections at the door: raw bytes on real sockets, a real server.

Where time must pass, a connection that says nothing is the clock: the door cuts it off.
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from aiohttp import web

from stream.intake.connections import Connections
from stream.intake.process import open_door

WITHIN = 0.3
SLACK = 3
"""The machine may be busy; an idle connection would have 75 s."""
MOST = 4
MUCH = 16 * 1024 * 1024
"""More than the buffers between two sockets take."""
REQUEST = b"GET /quick HTTP/1.1\r\nHost: x\r\n\r\n"
HALF = b"GET /quick HTTP/1.1\r\nHost: x\r\nX-"


class Door:
    """A server, what it closed, and a client's bytes."""

    def __init__(self, port: int, closed: Counter[str]) -> None:
        self._closed = closed
        self.may_answer = asyncio.Event()
        self.has_read = asyncio.Event()
        self.asked: asyncio.Queue[None] = asyncio.Queue()
        """One for each request that waits for its answer."""
        self._port = port
        self._writers: list[StreamWriter] = []

    async def connect(self, *sent: bytes) -> tuple[StreamReader, StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers.append(writer)
        writer.writelines(sent)
        return reader, writer

    @property
    def closed(self) -> dict[str, int]:
        """How many by which reason, without the clocks."""
        return dict(+self._closed)

    def leave(self) -> None:
        for writer in self._writers:
            writer.close()

    async def time_for_a_header(self) -> None:
        """Returns when a header that began now would have had its time, and more."""
        for _ in range(2):
            reader, _ = await self.connect()
            await ended(reader)
        self._closed.subtract(slow_header=2)


def clock() -> float:
    return asyncio.get_running_loop().time()


async def ended(reader: StreamReader) -> None:
    """Until the other side has closed, saying nothing."""
    async with asyncio.timeout(5):
        # Bytes that came too late are answered with a reset.
        with suppress(ConnectionResetError):
            assert await reader.read() == b""


async def answer(reader: StreamReader) -> bytes:
    """The first line of an answer; its body is read, too."""
    async with asyncio.timeout(5):
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(2)
    return head.partition(b"\r\n")[0]


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    closed: Counter[str] = Counter()

    async def quick(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def read(request: web.Request) -> web.Response:
        try:
            await request.read()
        finally:
            door.has_read.set()
        return web.Response(text="ok")

    async def wait(_: web.Request) -> web.Response:
        door.asked.put_nowait(None)
        await door.may_answer.wait()
        return web.Response(text="ok")

    async def seen(_: web.Request) -> web.Response:
        door.has_read.set()
        return web.Response(text="ok")

    async def much(_: web.Request) -> web.Response:
        return web.Response(body=bytes(MUCH))

    app = web.Application()
    app.add_routes(
        [
            web.get("/much", much),
            web.get("/seen", seen),
            web.get("/quick", quick),
            web.post("/quick", quick),
            web.post("/read", read),
            web.get("/wait", wait),
        ]
    )
    connections = Connections(
        lambda reason: closed.update([reason]), most=MOST, header_seconds=WITHIN
    )
    async with open_door(app, connections, "127.0.0.1", 0) as url:
        door = Door(int(url.rpartition(":")[2]), closed)
        yield door
        door.leave()


@pytest.mark.parametrize("sent", [b"", b"G", HALF])
async def test_a_header_that_does_not_end_is_cut_off(door: Door, sent: bytes) -> None:
    """Nothing, a letter or half a header: closed when the time is over, and counted."""
    began = clock()
    reader, _ = await door.connect(sent)
    await ended(reader)

    assert WITHIN * 0.9 < clock() - began < WITHIN + SLACK
    assert door.closed == {"slow_header": 1}


async def test_dripping_wins_no_time(door: Door) -> None:
    """Whoever sends a little again and again has no more time than others."""
    reader, writer = await door.connect(HALF)

    async def drip() -> None:
        while True:
            writer.write(b"x")
            await asyncio.sleep(WITHIN / 10)

    began = clock()
    dripping = asyncio.create_task(drip())
    await ended(reader)
    assert clock() - began < WITHIN + SLACK
    dripping.cancel()
    assert door.closed == {"slow_header": 1}


async def test_a_later_header_has_its_time_from_its_first_byte(door: Door) -> None:
    """One answer buys no time for half a header after it."""
    reader, writer = await door.connect(REQUEST)
    assert await answer(reader) == b"HTTP/1.1 200 OK"
    await door.time_for_a_header()
    began = clock()
    writer.write(HALF)
    await ended(reader)

    assert WITHIN * 0.9 < clock() - began < WITHIN + SLACK
    assert door.closed == {"slow_header": 1}


async def test_between_two_requests_a_connection_may_be_idle(door: Door) -> None:
    """The time of a header is none of keep-alive's."""
    reader, writer = await door.connect(REQUEST)
    await answer(reader)
    await door.time_for_a_header()
    writer.write(REQUEST)

    assert await answer(reader) == b"HTTP/1.1 200 OK"
    assert door.closed == {}


async def test_a_slow_answer_and_a_slow_body_are_not_cut_off(door: Door) -> None:
    """What follows the header is for others to bound."""
    head = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"
    body, sender = await door.connect(head, b"ab")
    waiting, waiter = await door.connect(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
    await door.time_for_a_header()
    sender.write(b"c")
    # While the answer is made nothing is waited for, whatever comes.
    waiter.write(REQUEST)
    await door.time_for_a_header()
    sender.write(b"d")
    door.may_answer.set()

    assert await answer(body) == b"HTTP/1.1 200 OK"
    assert await answer(waiting) == b"HTTP/1.1 200 OK"
    assert await answer(waiting) == b"HTTP/1.1 200 OK"
    assert door.closed == {}


async def test_the_rest_of_a_body_is_no_header(door: Door) -> None:
    """Answered before its body was there: what still comes of it is waited for."""
    head = b"POST /quick HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"
    reader, writer = await door.connect(head, b"a")
    await answer(reader)
    writer.write(b"b")
    await writer.drain()
    await door.time_for_a_header()
    writer.writelines([b"cd", REQUEST])

    assert await answer(reader) == b"HTTP/1.1 200 OK"
    assert door.closed == {}


async def test_who_leaves_is_not_waited_for(door: Door) -> None:
    """The reader of a body that ends too early is told at once."""
    head = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"
    _, writer = await door.connect(head, b"ab")
    writer.close()

    async with asyncio.timeout(5):
        await door.has_read.wait()
    assert door.closed == {}


async def test_who_does_not_read_is_waited_for(door: Door) -> None:
    """An answer that finds no room is not written on: the next request waits."""
    request = b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n"
    reader, _ = await door.connect(request, b"GET /seen HTTP/1.1\r\nHost: x\r\n\r\n")
    await door.time_for_a_header()
    assert not door.has_read.is_set()

    async with asyncio.timeout(5):
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(MUCH)
    assert await answer(reader) == b"HTTP/1.1 200 OK"


async def test_a_header_that_is_none_is_answered_and_not_counted(door: Door) -> None:
    """400, as ever: nobody waits for its end."""
    reader, _ = await door.connect(b"\0\0\0\0\r\n\r\n")

    async with asyncio.timeout(5):
        assert (await reader.read()).startswith(b"HTTP/1.0 400 ")
    await door.time_for_a_header()
    assert door.closed == {}


WAIT = b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"


async def test_one_too_many_is_closed_at_once(door: Door) -> None:
    """It is counted, the others are served, and there is room when one has left."""
    held = [await door.connect(WAIT) for _ in range(MOST)]
    for _ in held:
        await door.asked.get()

    refused, _ = await door.connect(REQUEST)
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await answer(refused)

    assert door.closed == {"too_many": 1}
    door.may_answer.set()
    for reader, _ in held:
        assert await answer(reader) == b"HTTP/1.1 200 OK"
    held[0][1].close()
    await held[0][1].wait_closed()
    reader, _ = await door.connect(REQUEST)
    assert await answer(reader) == b"HTTP/1.1 200 OK"


async def test_who_asks_takes_the_place_of_who_is_idle(door: Door) -> None:
    """However many connections stand idle; who has a request goes on undisturbed."""
    busy, _ = await door.connect(WAIT)
    await door.asked.get()
    many = 5 * MOST
    for number in range(many):
        idle, _ = await door.connect(*([REQUEST] if number % 2 else []))
        if number % 2:
            await answer(idle)
    asks, writer = await door.connect(REQUEST)
    assert await answer(asks) == b"HTTP/1.1 200 OK"
    writer.write(REQUEST)
    assert await answer(asks) == b"HTTP/1.1 200 OK"

    # On a busy machine some that said nothing had their time meanwhile.
    closed = sum(door.closed.values())
    assert closed >= many + 2 - MOST
    assert "too_many" not in door.closed
    door.may_answer.set()
    assert await answer(busy) == b"HTTP/1.1 200 OK"


async def test_what_is_packed_stays_packed(door: Door) -> None:
    """A small body does not become a large one that nobody counted."""
    head = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"
    reader, _ = await door.connect(head, b"Content-Length: 4\r\n\r\nabcd")

    assert await answer(reader) == b"HTTP/1.1 200 OK"


async def test_more_headers_than_anybody_sends_are_refused(door: Door) -> None:
    """64 are read, with one more it is 400."""
    lines = b"".join(b"X-%d: y\r\n" % number for number in range(63))
    good, _ = await door.connect(b"GET /quick HTTP/1.1\r\nHost: x\r\n", lines, b"\r\n")
    bad, _ = await door.connect(
        b"GET /quick HTTP/1.1\r\nHost: x\r\nX: y\r\n", lines, b"\r\n"
    )

    assert await answer(good) == b"HTTP/1.1 200 OK"
    assert b" 400 " in await bad.readline()
