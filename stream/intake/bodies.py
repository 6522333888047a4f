"""Bodies: what every way in does with one, whatever it holds (contract section 7).

At most 3 MiB, within seconds, few large ones at once; kept before it is answered 200.
"""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from http import HTTPStatus
from typing import TypeVar

import structlog
from aiohttp import web

from stream.channels.reading import Parsed
from stream.intake.keeper import Keeper
from stream.kafka.events_topic import KafkaAwayError

_log = structlog.get_logger(__name__)

LARGEST_BODY = 3 * 1024 * 1024
_RETRY_AFTER_SECONDS = "5"
SMALL_BODY = 64 * 1024
LARGE_BODIES = 16
"""So many large bodies are read at once: the signature is that of the whole, so nobody
knows before whether a body is Meta's, and any number of them would fill the memory."""
_READ_SECONDS = 4.0

Read = TypeVar("Read")


class RefusedError(Exception):
    """The request is answered with `response`, and nothing of it is kept."""

    def __init__(self, status: HTTPStatus, error: str) -> None:
        super().__init__(error)
        self.response = web.json_response({"error": error}, status=status)


class Bodies:
    """Shared by all ways in, whose large bodies wait for each other."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._large = asyncio.Semaphore(LARGE_BODIES)

    async def read(self, request: web.Request) -> bytes:
        """Return the whole body. Raises `RefusedError`: 413, 408."""
        body, _ = await self.checked(request, lambda _: None)
        return body

    async def checked(
        self, request: web.Request, check: Callable[[bytes], Read]
    ) -> tuple[bytes, Read]:
        """The same, and what `check` says of it: until then a large one has its turn.

        Whose it is only `check` knows; those of strangers must not pile up before it.
        """
        length = request.content_length or 0
        if length > LARGEST_BODY:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "over 3 MiB")
        is_small = 0 < length <= SMALL_BODY
        if is_small and request.content.is_eof():  # it came with its header, as most do
            body = await request.read()
            return body, check(body)
        turn = nullcontext() if is_small else self._large
        try:
            async with asyncio.timeout(_READ_SECONDS) as limit, turn:
                body = await request.read()
                limit.reschedule(None)
                return body, await self.parsed(body, check)
        except web.HTTPRequestEntityTooLarge:
            raise RefusedError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "over 3 MiB"
            ) from None
        except TimeoutError:
            raise RefusedError(
                HTTPStatus.REQUEST_TIMEOUT, "the body came too slowly"
            ) from None

    async def parsed(self, body: bytes, parse: Callable[[bytes], Read]) -> Read:
        """What `parse` makes of it."""
        # A large one takes up to a quarter of a second; others get their turn.
        if len(body) <= SMALL_BODY:
            return parse(body)
        return await asyncio.to_thread(parse, body)

    async def keep(self, parsed: Parsed, source: str) -> None:
        """Return when all of it is kept. Raises `RefusedError`: 503."""
        try:
            await self._keeper.keep(parsed)
        except KafkaAwayError as error:
            _log.debug("body put off", source=source, reason=str(error))
            refused = RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "Kafka is away")
            refused.response.headers["Retry-After"] = _RETRY_AFTER_SECONDS
            raise refused from error
