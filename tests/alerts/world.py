"""An installation of the alerts process on Kafka and Redis, and who looks at it."""

import asyncio
import json
import os
import signal
import sys
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from dev.slack.client import SlackStandIn
from stream.engine import ensure_topics
from stream.records import encode_fact
from stream.sla.facts import Fact
from tests.alerts.cycles import Cycle
from tests.alerts.patience import eventually

COMMAND = "from alerts.command import alerts; alerts()"
CONFIG = Path(__file__).parents[2] / "config" / "sla.yaml"


class World:
    """One installation: topics of its own, the alerts process, and who looks at it."""

    def __init__(
        self,
        kafka: str,
        redis_url: str,
        slack: SlackStandIn,
        prefix: str,
        port: int,
        *,
        config: Path = CONFIG,
    ) -> None:
        self.kafka, self.prefix, self.slack = kafka, prefix, slack
        self.page = f"http://127.0.0.1:{port}"
        self.env = os.environ | {
            "REPLYCLOCK_BROKER": kafka,
            "REPLYCLOCK_REDIS_URL": redis_url,
            "REPLYCLOCK_TOPIC_PREFIX": prefix,
            "REPLYCLOCK_CONFIG": str(config),
            "REPLYCLOCK_PARTITIONS": "2",
            "REPLYCLOCK_SLACK_BOT_TOKEN": slack.token,
            "REPLYCLOCK_SLACK_API_URL": slack.url,
            "REPLYCLOCK_ALERTS_PORT": str(port),
            "REPLYCLOCK_LOG_FORMAT": "json",
        }

    async def start(self, **env: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            COMMAND,
            env=self.env | env,
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )

    @asynccontextmanager
    async def running(self, **env: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run the process until it is ready; it must end with 0 at the end."""
        process = await self.start(**env)
        try:
            await eventually(self.is_ready, 30)
            yield process
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.terminate()
            _, self.said = await process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), self.said.decode()

    async def is_ready(self) -> bool:
        with suppress(OSError):
            await self.get("/readyz")
            return True
        return False

    async def get(self, path: str) -> str:
        def read() -> str:
            with urllib.request.urlopen(self.page + path, timeout=5) as answer:  # noqa: S310  http by construction
                return str(answer.read().decode())

        return await asyncio.to_thread(read)

    async def tell(
        self, *facts: Fact | bytes, key: bytes = b"x", at: int | None = None
    ) -> None:
        """Write facts to the topic as the worker does, or bytes as nobody should.

        `at`: when, in milliseconds; None: now.
        """
        topics = {self.prefix + "sla.facts": 2, self.prefix + "sla.dead-letters": 2}
        await ensure_topics(self.kafka, topics)
        async with AIOKafkaProducer(bootstrap_servers=self.kafka) as producer:
            sent = [
                await producer.send(
                    self.prefix + "sla.facts",
                    fact if isinstance(fact, bytes) else encode_fact(fact),
                    key=key
                    if isinstance(fact, bytes)
                    else fact.conversation_id.encode(),
                    timestamp_ms=at,
                )
                for fact in facts
            ]
            await asyncio.gather(*sent)

    async def dead_letters(self) -> list[tuple[bytes, dict[str, Any]]]:
        consumer = AIOKafkaConsumer(
            self.prefix + "sla.dead-letters",
            bootstrap_servers=self.kafka,
            auto_offset_reset="earliest",
        )
        async with consumer:
            batches = await consumer.getmany(timeout_ms=3000)
        return [(r.key, json.loads(r.value)) for b in batches.values() for r in b]

    async def messages(self) -> list[dict[str, Any]]:
        return await asyncio.to_thread(self.slack.messages, "C0SALES")

    async def shows(self, count: int, seconds: float = 20) -> None:
        async def so_many() -> bool:
            return len(await self.messages()) >= count

        await eventually(so_many, seconds)

    async def shows_edits(self, count: int) -> None:
        async def so_many() -> bool:
            return sum(len(m["edits"]) for m in await self.messages()) >= count

        await eventually(so_many, 20)


def fresh(name: str, minutes_ago: Callable[[float], int], **fields: Any) -> Cycle:
    """A cycle whose deadline passed a moment ago."""
    return Cycle(name, start=minutes_ago(30) - 500, **fields)
