"""Holds: a static member takes over only from one that has ended its work.

Kafka gives a static member's place to whoever joins with its id, at once, and sends
it on when the group next shares its partitions out. But the process that had the
place may be frozen or cut off, not dead, and what it may write its lease decides
(`lease.py`), for up to a session timeout. So the new one asks before it joins:

    the old one     ── claim ── works ── stops in order: release, no write after it
    in the group       held                              free
    the new one                                            └─ joins at once
                    ── claim ── works ── dies, freezes
                       held                     └─ waits until Kafka has forgotten it

A hold is the metadata of the commits: it names the member and its process, and a
release is a last commit without it. Kafka takes neither from a process that has been
replaced. A worker that died is so waited for as long as a dynamic one is; what is
gained is the restart in order.

Left open: two processes that start with one id at the same moment, in the middle of a
rebalance. Without the rebalance the later one finds that another has claimed after it
had looked (`docs/engine.md`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from uuid import uuid4

import structlog
from aiokafka.structs import TopicPartition

from stream.engine.group import Group, open_group
from stream.engine.guard import EngineError
from stream.kafka.access import KafkaAccess
from stream.kafka.membership import Membership

log = structlog.get_logger(__name__)

_LOOK_S = 0.5
_NOTICED_S = 5.0
"""Kafka looks for ended sessions about once a second; a new coordinator counts anew."""
_ANSWERED_S = 30.0


class MemberInUseError(EngineError):
    """Another process works with our member id."""

    def __init__(self, member_id: str) -> None:
        super().__init__(
            f"another process works as the member {member_id}:"
            " each needs a REPLYCLOCK_MEMBER_ID of its own"
        )


class Holds:
    """What a process has claimed; does nothing for a dynamic member."""

    def __init__(self, membership: Membership, access: KafkaAccess, group: str) -> None:
        self._membership = membership
        self._access = access
        self._group = group
        self._note = ""
        self._seen: frozenset[tuple[int, str]] = frozenset()

    async def wait_for_turn(self, topic: str, partitions: int) -> None:
        """Return when no other process works as our member; call it before joining.

        At once when the last one released; when it died, after its session timeout.

        Raises:
            MemberInUseError: after that time it still is in the group.
            EngineError: Kafka cannot be asked.
        """
        if not self._membership.is_static:
            return
        places = [TopicPartition(topic, number) for number in range(partitions)]
        patience = self._membership.session_timeout + _NOTICED_S
        until = time.monotonic() + patience
        told = False
        async with open_group(
            self._access, self._group, places, patience + _ANSWERED_S
        ) as look:
            while True:
                group = await look()
                self._seen = self._ours(group)
                if not (self._seen and group.has(self._membership.member_id)):
                    return
                if time.monotonic() > until:
                    raise MemberInUseError(self._membership.member_id)
                if not told:
                    told = True
                    log.warning(
                        "the last process of this member did not end in order:"
                        " waiting until Kafka forgets it",
                        member_id=self._membership.member_id,
                        at_most_s=patience,
                    )
                await asyncio.sleep(_LOOK_S)

    async def claim(
        self, places: Sequence[TopicPartition], commit: Callable[[], Awaitable[bool]]
    ) -> bool:
        """Hold the partitions that `commit` commits; call it before the first write.

        False when Kafka did not take it: the group has begun to share out anew.

        Raises:
            MemberInUseError: somebody claimed as our member after we had looked.
            EngineError: Kafka cannot be asked.
        """
        if not self._membership.is_static or not places:
            return True
        if not self._note:
            async with open_group(
                self._access, self._group, places, _ANSWERED_S
            ) as look:
                group = await look()
            if self._ours(group) - self._seen:
                raise MemberInUseError(self._membership.member_id)
            if not group.has(self._membership.member_id):
                # Then we could not have seen another process either.
                raise EngineError(
                    f"Kafka does not show us as the member {self._membership.member_id}"
                    " that we are: this broker works without REPLYCLOCK_MEMBER_ID only"
                )
            self._note = f"{self._membership.member_id} {uuid4()}"
        return await commit()

    def released(self) -> bool:
        """From now on commits release; whether there was anything to."""
        held, self._note = bool(self._note), ""
        return held

    @property
    def note(self) -> str:
        """What the metadata of our commits says; empty while nothing is held."""
        return self._note

    def _ours(self, group: Group) -> frozenset[tuple[int, str]]:
        """Partitions and notes that name our member, of whatever process."""
        ours = f"{self._membership.member_id} "
        return frozenset(
            (place, note)
            for place, note in group.notes.items()
            if note.startswith(ours)
        )
