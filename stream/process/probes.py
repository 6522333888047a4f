"""What every process answers over HTTP: `/metrics`, `/healthz`, `/readyz`.

On a port of its own, apart from what the internet reaches. Served on the event loop: a
scrape is then a snapshot between two steps of the stream, where a thread would race
with the state.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from inspect import isawaitable

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from stream.kafka.refusal import RefusedStartError

Ready = Callable[[], bool | Awaitable[bool]]
"""Whether the process does its job now."""


def health_routes(ready: Ready) -> list[web.RouteDef]:
    """`/healthz`, and `/readyz`, which is 503 while `ready` says no."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_: web.Request) -> web.Response:
        said = ready()
        if await said if isawaitable(said) else said:
            return web.Response(text="ready\n")
        return web.Response(status=503, text="not ready\n")

    return [web.get("/healthz", healthz), web.get("/readyz", readyz)]


@asynccontextmanager
async def serve_probes(
    host: str,
    port: int,
    registry: CollectorRegistry,
    ready: Ready,
    routes: Iterable[web.RouteDef] = (),
) -> AsyncIterator[None]:
    """Answer on `host:port`, `routes` too, until the context is left.

    Raises `RefusedStartError` where it cannot listen there.
    """

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(registry),
            headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4},
        )

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics), *health_routes(ready), *routes])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            why = error.strerror or str(error)
            raise RefusedStartError(
                f"cannot listen on {host}:{port}, for /metrics and /healthz: {why}"
            ) from error
        yield
    finally:
        await runner.cleanup()
