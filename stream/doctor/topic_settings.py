"""Do the topics keep what must be kept, and take what is written? Pure."""

from collections.abc import Iterator, Mapping, Sequence

from stream.doctor.check import Finding, fail, ok, skip, warn
from stream.doctor.commands import Commands
from stream.doctor.wanted import WantedTopic
from stream.engine.topic import TableSpec
from stream.kafka.topic_policy import TopicPolicy

NAME = "topic settings"
_DAY_MS = 24 * 3600 * 1000
_LONG_ENOUGH_MS = 7 * _DAY_MS
_CLEANUP, _RETENTION, _INSYNC = (
    "cleanup.policy",
    "retention.ms",
    "min.insync.replicas",
)

Configs = Mapping[str, Mapping[str, str] | None]
"""By topic; None where this user may not read them."""


def judge_topic_settings(
    wanted: Sequence[WantedTopic],
    configs: Configs,
    copies: Mapping[str, int],
    policy: TopicPolicy,
    commands: Commands,
) -> list[Finding]:
    """Of the topics that exist: those with `copies`, the least of a partition."""
    there = [w for w in wanted if w.spec.name in copies]
    unread = [w.spec.name for w in there if configs.get(w.spec.name) is None]
    findings = []
    if unread:
        findings.append(
            skip(
                NAME,
                f"this user may not read those of {', '.join(unread)}",
                "no process needs this right; for a look:",
                *(commands.allow("topic", n, ["DescribeConfigs"]) for n in unread),
            )
        )
    for each in there:
        config = configs.get(each.spec.name)
        if config is not None:
            name = each.spec.name
            findings += _insync(name, config, copies[name], policy, commands)
            findings += _cleanup(each, config, commands)
    if not there:
        return [skip(NAME, "no topics yet")]
    return findings or [ok(NAME, _summary(there, configs))]


def _insync(
    name: str,
    config: Mapping[str, str],
    copies: int,
    policy: TopicPolicy,
    commands: Commands,
) -> Iterator[Finding]:
    insync = int(config[_INSYNC])
    change = commands.change(name, _INSYNC, str(min(policy.min_insync, copies)))
    if insync > copies:
        said = f"{name}: {_INSYNC}={insync} with {copies} copies: nothing is taken"
        yield fail(NAME, said, change)
    elif insync < min(policy.min_insync, copies):
        said = f"{name}: {_INSYNC}={insync}, {policy.min_insync} are set for new topics"
        yield warn(NAME, said, change)
    elif insync == copies > 1:
        said = f"{name}: {_INSYNC}={insync} of {copies}: each broker's restart stops us"
        yield warn(NAME, said, commands.change(name, _INSYNC, str(copies - 1)))


def _cleanup(
    each: WantedTopic, config: Mapping[str, str], commands: Commands
) -> Iterator[Finding]:
    name, cleanup = each.spec.name, config[_CLEANUP]
    if isinstance(each.spec, TableSpec):
        if cleanup != "compact":
            said = f"{name}: {_CLEANUP}={cleanup}: what is known is forgotten"
            yield fail(NAME, said, commands.change(name, _CLEANUP, "compact"))
    elif "compact" in cleanup:
        said = f"{name}: {_CLEANUP}={cleanup}: only the last of a conversation is kept"
        yield fail(NAME, said, commands.change(name, _CLEANUP, "delete"))
    elif 0 <= int(config[_RETENTION]) < _LONG_ENOUGH_MS:
        kept = int(config[_RETENTION])
        said = f"{name}: kept for {_days(kept)}: less than the longest outage, 7 days"
        mend = commands.change(name, _RETENTION, str(_LONG_ENOUGH_MS))
        yield warn(NAME, said, mend)


def _summary(there: Sequence[WantedTopic], configs: Configs) -> str:
    config = configs[there[0].spec.name]
    assert config is not None
    kept = int(config[_RETENTION])
    length = "for ever" if kept < 0 else f"for {_days(kept)}"
    return f"events kept {length}, {_INSYNC}={config[_INSYNC]}, changelog compacted"


def _days(ms: int) -> str:
    days = f"{ms / _DAY_MS:.3g}"
    return f"{days} day" if days == "1" else f"{days} days"
