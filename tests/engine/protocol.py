"""A model of how the engine commits, seeks and recovers; every interleaving of it.

One partition of a few records, one worker at a time. Each step is one that Faust or
the engine does without being interrupted; between two of them anything else may
happen, a kill and a rebalance included. `search` walks all of it, breadth first, so a
counterexample is a shortest one and "none" is a proof within the bounds.

Where it is in the code:

    fetch, drop      BatchConsumer._fetch (records of an earlier generation: dropped)
    deliver          BatchConsumer._in_order; stock: Consumer._drain_messages
    handle           EngineApp._handle: state durable, then acknowledged
    commit           BatchConsumer._new_offset
    rebalance        BatchConsumer.on_partitions_revoked
    seek, clear,     BatchRecovery._hand_over; stock: on_recovery_completed
    resume
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

RECORDS = 4
DISTURBANCES = 3
_OURS = ("seek", "clear", "resume")
_STOCK = ("resume", "seek", "clear")


@dataclass(frozen=True)
class Mends:
    """What is mended; all of it in the engine, none of it in stock Faust."""

    recovery_order: bool = True
    """H1: seek and clear the queues before anything is fetched for them."""
    acks_kept: bool = True
    """H2: acknowledgements are forgotten after the drain has committed them."""
    always_seek: bool = True
    """H18: a partition that was never committed is sought to its start."""
    order_check: bool = True
    """Only the very next record is delivered."""


@dataclass(frozen=True)
class World:
    """Durable: `committed`, `applied`. The rest dies with the worker."""

    committed: int | None = None
    applied: int = 0
    """Bits of the records whose effect is in the state."""
    position: int = 0
    in_hand: int | None = None
    queue: tuple[int, ...] = ()
    acked: int | None = None
    read: int = -1
    """Stock: the last delivered. Ours: the one before the next to deliver."""
    to_do: tuple[str, ...] = ()
    """What is left of a hand-over."""
    fetching: bool = False
    disturbed: int = 0
    killed: bool = False
    repeated: bool = False


Trace = tuple[str, ...]


def search(mends: Mends) -> dict[str, Trace]:
    """The shortest way to each broken promise: `loss`, `stuck`, `repeat`."""
    first = _hand_over(World(), mends)
    seen = {first}
    ways: deque[tuple[World, Trace]] = deque([(first, ())])
    broken: dict[str, Trace] = {}
    while ways:
        world, trace = ways.popleft()
        for promise in _broken(world):
            broken.setdefault(promise, trace)
        for step, after in _steps(world, mends):
            if after not in seen:
                seen.add(after)
                ways.append((after, (*trace, step)))
    return broken


def _broken(world: World) -> Iterator[str]:
    done = [bool(world.applied >> number & 1) for number in range(RECORDS)]
    if not all(done[: world.committed or 0]):
        yield "loss"  # the next worker starts behind a record nobody applied
    idle = world.fetching and world.position == RECORDS and not world.to_do
    if idle and world.in_hand is None and not world.queue and not all(done):
        yield "stuck"  # nothing will ever bring the missing one
    if world.repeated and not world.killed:
        yield "repeat"  # a clean rebalance handed a record out twice


def _steps(world: World, mends: Mends) -> Iterator[tuple[str, World]]:
    if world.to_do:
        step, *rest = world.to_do
        yield step, replace(_do(step, world, mends), to_do=tuple(rest))
        if "seek" in world.to_do and world.position < RECORDS:
            # A fetch that was under way comes back, and nobody takes it. A seek waits
            # for it (`BatchConsumer.fetching`), so after the seek there is none.
            yield "drop", replace(world, position=world.position + 1)
    if world.fetching:
        if world.in_hand is None and world.position < RECORDS:
            record = world.position
            yield f"fetch {record}", replace(world, in_hand=record, position=record + 1)
        if world.in_hand is not None:
            yield f"deliver {world.in_hand}", _deliver(world, mends)
    if world.queue and "clear" not in world.to_do:
        yield f"handle {world.queue[0]}", _handle(world)
    if world.acked is not None and not world.to_do:
        yield f"commit {world.acked}", replace(world, committed=world.acked, acked=None)
    if world.disturbed < DISTURBANCES:
        yield "kill", _start_anew(world, mends)
        if not world.to_do:
            yield "rebalance", _rebalance(world, mends)


def _deliver(world: World, mends: Mends) -> World:
    record = world.in_hand
    assert record is not None
    empty = replace(world, in_hand=None)
    if mends.order_check and record > world.read + 1:
        return replace(empty, position=world.read + 1)  # a hole: read it again
    if record <= world.read:
        return empty
    return replace(empty, read=record, queue=(*world.queue, record))


def _handle(world: World) -> World:
    record, *rest = world.queue
    return replace(
        world,
        queue=tuple(rest),
        applied=world.applied | 1 << record,
        repeated=world.repeated or bool(world.applied >> record & 1),
        acked=record + 1,
    )


def _rebalance(world: World, mends: Mends) -> World:
    acked = world.acked if mends.acks_kept else None
    # What is handled is drained; what only waits in the queue is skipped.
    drained = replace(
        world,
        committed=world.committed if acked is None else acked,
        acked=None,
        queue=(),
        in_hand=None,
        fetching=False,
        disturbed=world.disturbed + 1,
    )
    return _hand_over(drained, mends)


def _start_anew(world: World, mends: Mends) -> World:
    born = World(
        committed=world.committed,
        applied=world.applied,
        position=world.committed or 0,
        disturbed=world.disturbed + 1,
        killed=True,
    )
    return _hand_over(born, mends)


def _hand_over(world: World, mends: Mends) -> World:
    return replace(world, to_do=_OURS if mends.recovery_order else _STOCK)


def _do(step: str, world: World, mends: Mends) -> World:
    match step:
        case "resume":
            return replace(world, fetching=True)
        case "clear":
            return replace(world, queue=())
    if world.committed is not None:
        return replace(world, position=world.committed, read=world.committed - 1)
    if mends.always_seek:
        return replace(world, position=0, read=-1)
    return replace(world, read=-1)
