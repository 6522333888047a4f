"""The way to Redis: one that leaves a server which is no primary any more."""

from typing import Any

from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnectionError
from redis.exceptions import ReadOnlyError

from stream.process.settings import Settings

REDIS_SECONDS = 5.0
"""An answer of Redis that takes longer is none."""


def connect(settings: Settings) -> Redis:
    """Redis with one retry, for a connection that died unused; we wait ourselves."""
    password = settings.redis_password
    redis = Redis.from_url(
        str(settings.redis_url),
        password=None if password is None else password.get_secret_value(),
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )
    pool = redis.connection_pool
    pool.connection_class = _to_primary(pool.connection_class)
    return redis


def _to_primary(kind: type[AbstractConnection]) -> type[AbstractConnection]:
    """A connection of this kind that ends when its server refuses writes.

    A demoted primary may keep its connections (only Sentinel kills them); the name may
    lead to the new one by now. So the next try connects anew.
    """

    class ToPrimary(kind):  # type: ignore[misc, valid-type]  # tcp, tls or a socket
        async def read_response(self, *args: Any, **options: Any) -> Any:
            try:
                return await super().read_response(*args, **options)
            except ReadOnlyError as error:
                await self.disconnect()
                raise NoConnectionError("this Redis is a replica") from error

    return ToPrimary
