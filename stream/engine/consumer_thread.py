"""The thread in which aiokafka's consumer fetches, joins and sends heartbeats."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from aiokafka.structs import TopicPartition
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Transport
from faust.types import TP
from mode import Service

from stream.engine.client import put_between, sign_commits
from stream.engine.fence import Fence, MemberFencedError
from stream.engine.isolation import read_committed, whole_ends
from stream.engine.lease import Layer, renewing

FETCH_WAIT_S = 0.2
"""How long a fetch may wait for records: so long a seek waits for one under way, and
so long a record waits that came to a partition which the fetch had left out. Faust's
1.5 s would be seen as a late breach."""


_ASK_AGAIN_S = 1.0


class ConsumerThread(AIOKafkaConsumerThread):
    """Renews the lease, is fenced, signs commits; `app` is an `EngineApp`."""

    app: Any
    logger = logging.getLogger("faust.consumer")  # else it would log as ours

    def _create_worker_consumer(self, transport: Transport) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = int(FETCH_WAIT_S * 1000)  # noqa: SLF001 - listed in guard.py
        read_committed(consumer)
        lease, is_static = self.app.lease, self.app.membership.is_static
        layers: list[Layer] = [renewing(lease), whole_ends]
        if is_static:
            layers = [Fence(lease, self._fenced), *layers]
            sign_commits(consumer, lambda: self.app.holds.note)
        put_between(consumer._client, layers)  # noqa: SLF001 - listed in guard.py
        return consumer

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Nothing: our watchdog ends who stands still (`stream.engine.watchdog`).

        Faust's only writes a line, and crashes while a position is sought.
        """

    @Service.task
    async def _look_for_topics(self) -> None:
        """While Kafka does not show what we subscribed to, ask each second.

        A broker that has just started, or just lost another, may leave topics out;
        the group then shares out nothing. aiokafka itself asks again only after the
        metadata's greatest age (Java's client as we do: KAFKA-4779). When an answer
        has the topic, the leader's aiokafka makes the group share out anew.
        """
        while not self.should_stop:
            await self.sleep(_ASK_AGAIN_S)
            consumer = self._consumer
            if consumer is None:
                continue
            client = consumer._client  # noqa: SLF001 - listed in guard.py
            known = client.cluster.partitions_for_topic
            if any(not known(topic) for topic in consumer.subscription()):
                await client.force_metadata_update()

    def _fenced(self) -> None:
        error = MemberFencedError(self.app.membership.member_id)
        asyncio.run_coroutine_threadsafe(self.app.crash(error), self.parent_loop)

    async def rejoin(self) -> None:
        """Be handed the partitions again; runs in the thread of the consumer."""
        self._ensure_consumer()._coordinator.request_rejoin()  # noqa: SLF001 - listed in guard.py

    async def pause_fetching(self, tps: Iterable[TP]) -> None:
        """Leave partitions out of fetches; runs in the thread of the consumer."""
        self._ensure_consumer().pause(*(TopicPartition(*tp) for tp in tps))
