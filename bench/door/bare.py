"""A bare handler of the same HTTP server: reads a body, answers 200.

No signature, no parsing, no Kafka: what is left is what the server itself costs.
"""

import asyncio
import sys

import uvloop
from aiohttp import web

READY = "bare is ready"


async def _answer(request: web.Request) -> web.Response:
    await request.read()
    return web.json_response({"accepted": 1})


async def main(port: int) -> None:
    """Serve until it is killed."""
    app = web.Application()
    app.router.add_post("/hooks/whatsapp", _answer)
    runner = web.AppRunner(app, access_log=None, auto_decompress=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print(READY, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
