"""Does a consumer group of ours cover every partition of its topic? Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stream.doctor.check import Finding, fail, ok, skip, warn
from stream.doctor.commands import Commands
from stream.process.settings import Settings

_FAR_BEHIND = 10_000
_MOVING = {"PreparingRebalance", "CompletingRebalance"}


@dataclass(frozen=True, slots=True)
class Group:
    """As Kafka tells of it, for one topic."""

    state: str
    members: Sequence[frozenset[int]]
    """The topic's partitions of each."""
    behind: Mapping[int, int]
    """Records that are not committed yet, by partition of the topic; below zero where
    the topic ends before the commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """The processes of one kind, who share a topic in a consumer group."""

    check: str
    """The line's name."""
    name: str
    """The group's."""
    topic: str
    kind: str
    """As in `replyclock worker`."""
    late: str
    """The alert that tells of its lag."""
    anew: str
    """The command that has the topic read again."""
    ours: bool
    """Whether their user is the doctor's: else a right that it lacks is no fault."""


def readers_of(settings: Settings) -> tuple[Readers, ...]:
    """Those of events and those of facts."""
    return (
        Readers(
            check="worker group",
            name=settings.worker_group,
            topic=settings.events_topic,
            kind="worker",
            late="MonitorDataDelayed",
            anew="replyclock begin-anew",
            ours=True,
        ),
        Readers(
            check="alerts group",
            name=settings.alerts_group,
            topic=settings.facts_topic,
            kind="alerts",
            late="MonitorFactsDelayed",
            anew="replyclock begin-anew --alerts",
            ours=False,
        ),
    )


def judge_group(readers: Readers, group: Group) -> Finding:
    """One line: the first thing that is wrong, or that all is covered."""
    name, line = readers.name, readers.check
    lag = sum(max(0, lag) for lag in group.behind.values())
    behind = f"{lag:,} {'record' if lag == 1 else 'records'} behind"
    count = len(group.members)
    if group.state in _MOVING:
        said = f"{name} shares out its partitions at the moment; {behind}"
        return warn(line, said, "ask again in half a minute")
    if not count and any(lag < 0 for lag in group.behind.values()):
        said = f"{name} has read further than the topic goes: no {readers.kind} starts"
        where = "docs/runbook.md, State that does not fit"
        return fail(line, said, f"{readers.anew}: {where}")
    if not count:
        said = f"{name} has no member; {behind}"
        mend = f"no {readers.kind} process runs: replyclock {readers.kind}"
        return warn(line, said, mend)
    held = frozenset().union(*group.members)
    alone = sorted(set(group.behind) - held)
    members = "1 member" if count == 1 else f"{count} members"
    if alone:
        said = f"{name}: nobody has partitions {', '.join(map(str, alone))}; {members}"
        mend = f"restart each {readers.kind} process, one after the other"
        return fail(line, said, f"{mend} (MonitorPartitionsUncovered)")
    said = f"{name}: {members}, all {len(held)} partitions, {behind}"
    if lag > _FAR_BEHIND:
        return warn(line, said, f"see {readers.late} in docs/runbook.md")
    return ok(line, said)


def forbidden_group(readers: Readers, commands: Commands) -> Finding:
    """When this user may not even ask."""
    if readers.ours:
        return fail(
            readers.check,
            f"this user may not read as {readers.name}",
            f"if it is the {readers.kind}'s user, an administrator gives it:",
            commands.allow("group", readers.name, ["Read"]),
        )
    return skip(
        readers.check,
        f"this user may not look at {readers.name}",
        "the worker does not need this right; for a look:",
        commands.allow("group", readers.name, ["Describe"]),
    )


def moving_group(readers: Readers) -> Finding:
    """When the broker that knows has just started, or just taken it over."""
    line = readers.check
    said = f"{readers.name}: Kafka moves it to another broker at the moment"
    return warn(line, said, "ask again in half a minute")
