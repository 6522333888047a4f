"""Bodies: a large one has its turn until somebody knows whose it is."""

import asyncio
from threading import Event

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from stream.intake.bodies import SMALL_BODY, Bodies, RefusedError
from tests.intake.test_door import kafka_nowhere


async def test_large_bodies_of_strangers_do_not_pile_up_before_the_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While one is checked the next is not read; a small one is, and answered."""
    monkeypatch.setattr("stream.intake.bodies.LARGE_BODIES", 1)
    monkeypatch.setattr("stream.intake.bodies._READ_SECONDS", 0.3)
    bodies = Bodies(kafka_nowhere())
    begun, known = Event(), Event()

    def check(body: bytes) -> int:
        if len(body) > SMALL_BODY and not begun.is_set():
            begun.set()
            assert known.wait(10)
        return len(body)

    async def receive(request: web.Request) -> web.Response:
        try:
            body, length = await bodies.checked(request, check)
        except RefusedError as error:
            return error.response
        assert len(body) == length
        return web.Response()

    app = web.Application(client_max_size=4 * SMALL_BODY)
    app.router.add_post("/", receive)
    large = b"x" * (2 * SMALL_BODY)
    async with TestClient(TestServer(app)) as client:
        first = asyncio.create_task(client.post("/", data=large))
        assert await asyncio.to_thread(begun.wait, 10)
        second = await client.post("/", data=large)
        small = await client.post("/", data=b"x")
        known.set()
        statuses = [(await first).status, second.status, small.status]

    assert statuses == [200, 408, 200]
