"""Why Kafka cannot be used, which aiokafka only logs.

answers                  go on
not there, or silent     it may come: ask again (`KafkaUnreachableError`)
refuses us, or we it     asking again changes nothing (`KafkaRefusedError`)
"""

import asyncio
import ssl
from collections.abc import Sequence
from typing import Any

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    RequestTimedOutError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from stream.kafka.access import KafkaAccess
from stream.kafka.refusal import RefusedStartError

_CLOSE_S = 1.0
_REFUSALS = (
    IllegalSaslStateError,  # the listener knows no SASL
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
    ssl.SSLError,
    ValueError,  # SCRAM: the server does not know the password either
)


class KafkaRefusedError(RefusedStartError):
    """Kafka does not take us, or we do not trust it, until settings change."""


class KafkaUnreachableError(Exception):
    """No broker answers at this moment."""


async def probe(access: KafkaAccess, *, within_ms: int = 5000) -> None:
    """Return when a broker lets us in; one that does is enough.

    Each gets `within_ms` for each step of its answer.

    Raises `KafkaRefusedError` when one refuses us and none takes us, and
    `KafkaUnreachableError` when none answers.
    """
    said: list[str] = []
    refused: Exception | None = None
    hosts: Sequence[tuple[str, int, Any]] = collect_hosts(access.bootstrap)
    for host, port, _ in hosts:
        try:
            await _ask(host, port, access, within_ms)
        except _REFUSALS as error:
            refused = error
        except (OSError, KafkaError, TimeoutError) as error:
            said.append(f"{host}:{port} {_why_away(error)}")
        else:
            return
    if refused is not None:
        raise KafkaRefusedError(_explain(access, refused)) from refused
    raise KafkaUnreachableError("; ".join(said))


async def _ask(host: str, port: int, access: KafkaAccess, within_ms: int) -> None:
    connection = await create_conn(
        host, port, request_timeout_ms=within_ms, **access.security()
    )
    try:
        # No topics. A listener of another protocol tells its versions to anybody.
        await connection.send(MetadataRequest([]))
    finally:
        closed = connection.close()
        if closed is not None:  # else the loop may end before the socket is closed
            await asyncio.wait({closed}, timeout=_CLOSE_S)


def _why_away(error: Exception) -> str:
    match error:
        case KafkaConnectionError() | ConnectionResetError() | ConnectionAbortedError():
            return (
                "closed the connection: it is starting or stopping, or it is not what"
                " REPLYCLOCK_KAFKA_SECURITY_PROTOCOL says, or wants a certificate"
            )
        case TimeoutError() | RequestTimedOutError():
            return "does not answer"
        case OSError(strerror=str(said)):
            return said
        case _:
            return str(error) or type(error).__name__


def _explain(access: KafkaAccess, error: Exception) -> str:
    """One line: what happened, and the setting to look at."""
    prefix = "REPLYCLOCK_KAFKA_"
    match error:
        case ssl.SSLCertVerificationError():
            trusted = access.ca_file or "the authorities of this machine"
            what = f"its certificate is not trusted ({error.verify_message})"
            look = f"trusted are {trusted}: see {prefix}CA_FILE"
        case ssl.SSLError():
            what = f"no TLS with it ({error.reason or error})"
            look = f"see {prefix}SECURITY_PROTOCOL and {prefix}CERT_FILE"
        case SaslAuthenticationFailed() | ValueError():
            what = f"it does not know this user and password ({access.mechanism})"
            look = f"see {prefix}USERNAME, _PASSWORD and _SASL_MECHANISM"
        case UnsupportedSaslMechanismError():
            what = f"it does not take {access.mechanism}"
            look = f"see {prefix}SASL_MECHANISM"
        case _:
            what = "this listener takes no SASL"
            look = f"see {prefix}SECURITY_PROTOCOL"
    return f"kafka at {access.bootstrap} cannot be used: {what}; {look}"
