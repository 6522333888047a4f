"""How a process is a member of its consumer group."""

from dataclasses import dataclass

HEARTBEAT_S = 3.0
SHORTEST_SESSION_S = 10.0
"""Three heartbeats; less what is on its way, a lease must outlast the next one."""
LONGEST_SESSION_S = 60.0
"""So long at most does nobody watch the partitions of a worker that died."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Dynamic without a `member_id`: Kafka gives one, and forgets it at each stop.

    Static with one (KIP-345, `group.instance.id`): a stop does not leave the group,
    and whoever joins with the same id within the session timeout has the same
    partitions, without a rebalance. Each process needs an id of its own.
    """

    member_id: str = ""
    session_timeout: float = SHORTEST_SESSION_S
    """Seconds after the last heartbeat after which Kafka gives the partitions away."""

    @property
    def is_static(self) -> bool:
        return bool(self.member_id)

    @property
    def rebalance_timeout(self) -> float:
        """Seconds a rebalance waits for members.

        Longer than a session: else a rebalance could give away the partitions of a
        silent member while its lease (`stream/engine/lease.py`) lasts.
        """
        return self.session_timeout + 20.0
