"""Does the worker's consumer group cover every partition? Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stream.doctor.check import Finding, fail, ok, warn
from stream.doctor.commands import Commands

NAME = "worker group"
_FAR_BEHIND = 10_000
_MOVING = {"PreparingRebalance", "CompletingRebalance"}


@dataclass(frozen=True, slots=True)
class Group:
    """As Kafka tells of it, for one topic."""

    state: str
    members: Sequence[frozenset[int]]
    """The topic's partitions of each."""
    behind: Mapping[int, int]
    """Records that are not committed yet, by partition of the topic."""


def judge_group(name: str, group: Group) -> Finding:
    """One line: the first thing that is wrong, or that all is covered."""
    lag = sum(group.behind.values())
    behind = f"{lag:,} {'record' if lag == 1 else 'records'} behind"
    count = len(group.members)
    if group.state in _MOVING:
        said = f"{name} shares out its partitions at the moment; {behind}"
        return warn(NAME, said, "ask again in half a minute")
    if not count:
        said = f"{name} has no member; {behind}"
        return warn(NAME, said, "no worker runs: replyclock worker")
    held = frozenset().union(*group.members)
    alone = sorted(set(group.behind) - held)
    members = "1 member" if count == 1 else f"{count} members"
    if alone:
        said = f"{name}: nobody has partitions {', '.join(map(str, alone))}; {members}"
        mend = "restart the workers, one after the other (MonitorPartitionsUncovered)"
        return fail(NAME, said, mend)
    said = f"{name}: {members}, all {len(held)} partitions, {behind}"
    if lag > _FAR_BEHIND:
        return warn(NAME, said, "see MonitorDataDelayed in docs/runbook.md")
    return ok(NAME, said)


def forbidden_group(name: str, commands: Commands) -> Finding:
    """When this user may not even ask."""
    return fail(
        NAME,
        f"this user may not read as {name}",
        "if it is the worker's user, an administrator gives it:",
        commands.allow("group", name, ["Read"]),
    )


def moving_group(name: str) -> Finding:
    """When the broker that knows has just started, or just taken it over."""
    said = f"{name}: Kafka moves it to another broker at the moment"
    return warn(NAME, said, "ask again in half a minute")
