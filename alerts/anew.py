"""The facts from their beginning, for `replyclock begin-anew --alerts`.

Where reading goes on is in Redis (`alerts.positions`), which is forgotten. The commit
stays, as the mark of what may be in Slack already (`alerts.bookmark`), but not behind
the topic's end: no alerts process begins there.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from redis.exceptions import RedisError

from alerts.connection import connect
from alerts.diagnosis import RedisAddress, judge_redis_failure
from alerts.ledger import Ledger
from stream.engine.commits import Commits, Standing, open_commits
from stream.kafka.refusal import RefusedStartError
from stream.kafka.topic_reader import TopicReader
from stream.process.settings import Settings


class FactsAnew:
    """The entry point (`stream.cli.begin_anew.Make`).

    `look` and `begin` raise `GroupInUseError` when an alerts process runs.
    """

    def __init__(self, settings: Settings, reader: TopicReader) -> None:
        self._settings = settings
        self._reader = reader

    @property
    def says(self) -> str:
        """What `begin` does."""
        return (
            f"{self._settings.facts_topic} is read again from the first fact; what was"
            " posted is not posted again"
        )

    async def look(self) -> list[Standing]:
        """How the alerts processes stand to the facts."""
        async with self._commits() as commits:
            return await commits.standings(self._reader)

    async def steps(self) -> int:
        """Nothing is read."""
        return 0

    async def count(self, _: Callable[[int], None]) -> Mapping[int, int]:
        """Conversations are the workers'."""
        return {}

    async def begin(self, _: Callable[[int], None]) -> None:
        """Do it; raises `RefusedStartError` when Redis does not answer."""
        settings = self._settings
        async with self._commits() as commits:
            await commits.write(
                {
                    each.partition: min(each.committed or each.first, each.end)
                    for each in await commits.standings(self._reader)
                }
            )
        try:
            async with connect(settings) as redis:
                await Ledger(redis, settings.topic_prefix).positions.forget()
        except (RedisError, OSError) as error:
            said = judge_redis_failure(error, RedisAddress.of(settings.redis_url))
            raise RefusedStartError(f"redis: {said.found}; then do it again") from error

    @asynccontextmanager
    async def _commits(self) -> AsyncIterator[Commits]:
        facts = await self._reader.partitions(self._settings.facts_topic)
        group = self._settings.alerts_group
        async with open_commits(self._settings.kafka, group, facts) as commits:
            yield commits
