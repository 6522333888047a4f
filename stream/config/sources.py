"""Sources: which conversations a policy can meet, and who tells what of them.

Meta's webhooks say who wrote, and when. Tiers, priorities, tags, statuses and the queue
that has the work are told by whoever posts events or writes them into Kafka
(docs/events.md): `statuses_from`, and the tokens of `POST /v1/events`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from stream.config.model import Config
from stream.sla.events import Channel
from stream.sla.policy import UNROUTED, Attributes

Match = Mapping[str, Collection[str]]
"""By attribute, what it may be."""

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

    def met_by(self, match: Match) -> list[Attributes]:
        """Whose conversations may come to match, if anybody's, by where they are.

        Work that somebody assigns may be any queue's.
        """
        if not self._listed or UNROUTED in match.get("queue", ()):
            return [s for s in self._unrouted if _fits(s.channel, match, "channel")]
        return [
            s
            for s in self._listed
            if _fits(s.channel, match, "channel")
            and (_fits(s.account, match, "account") or written(s) in match["account"])
            and (self.is_told(s) or _fits(s.queue, match, "queue"))
        ]

    def why_nothing(self, match: Match) -> str | None:
        """Why it meets nobody, if it does not."""
        if self.met_by(match):
            return None
        if "queue" in match:
            return "can never match: its queue has no such account"
        return "no queue lists such an account: only what is unrouted can match"

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


def _fits(value: str, match: Match, name: str) -> bool:
    return name not in match or value in match[name]


def _parts(account: str) -> tuple[str, str]:
    channel, _, name = account.partition(":")
    return channel, name
