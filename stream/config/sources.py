"""Sources: which conversations a policy can meet, and who tells what of them.

Meta's webhooks say who wrote, and when. Tiers, priorities, tags, statuses and the queue
that has the work are told by whoever posts events or writes them into Kafka
(docs/events.md): `statuses_from`, and the tokens of `POST /v1/events`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from stream.config.model import Config
from stream.config.policies import PolicyPart
from stream.sla.events import Channel
from stream.sla.policy import UNROUTED, Attributes

WITH_DOOR = (Channel.WHATSAPP, Channel.MESSENGER)
"""The channels whose webhooks the intake takes."""


class Sources:
    """`posted`: whose events may be posted, channels or `channel:account`."""

    def __init__(self, config: Config, posted: Iterable[str]) -> None:
        self._queues = config.queues
        self._told = {*posted, *config.statuses_from}
        self._listed = [
            Attributes(*_parts(account), name)
            for name, queue in config.queues.items()
            for account in queue.accounts
        ]
        channels = [*WITH_DOOR, *sorted(_parts(name)[0] for name in self._told)]
        self._unrouted = [
            Attributes(channel, "", UNROUTED) for channel in dict.fromkeys(channels)
        ]

    def is_told(self, source: Attributes) -> bool:
        """Whether somebody says more of it than that somebody wrote."""
        return not self._told.isdisjoint({source.channel, written(source)})

    def met_by(self, policy: PolicyPart) -> list[Attributes]:
        """Whose conversations may come to be the policy's, if anybody's.

        Work that somebody assigns may be any queue's.
        """
        if not self._listed or UNROUTED in (policy.match.queue or ()):
            return [s for s in self._unrouted if _matches(policy, s, "channel")]
        return [
            source
            for source in self._listed
            if _matches(policy, source, "channel", "account")
            and (self.is_told(source) or _matches(policy, source, "queue"))
        ]

    def of_queue(self, name: str) -> Iterator[Attributes]:
        """Whose conversations are the queue's: of its accounts, else assigned to it."""
        has_accounts = bool(self._queues[name].accounts)
        for source in self._listed or self._unrouted:
            if source.queue == name:
                yield source
            elif not has_accounts and self.is_told(source):
                yield source._replace(queue=name)


def written(source: Attributes) -> str:
    """As the file writes it; a channel, where no queue lists an account."""
    return f"{source.channel}:{source.account}" if source.account else source.channel


def _matches(policy: PolicyPart, source: Attributes, *names: str) -> bool:
    wanted = policy.match.wanted().items()
    place = {name: values for name, values in wanted if name in names}
    return replace(policy.policy(), match=place).matches(source)


def _parts(account: str) -> tuple[str, str]:
    channel, _, name = account.partition(":")
    return channel, name
