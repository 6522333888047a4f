"""Objectives: the share of a queue's promises that is to be kept."""

from collections.abc import Iterator, Mapping

from stream.config.model import Config, Queue
from stream.config.policies import OBJECTIVE, PolicyPart


def objective_of(queue: str, config: Config) -> float:
    """Above 0, up to 1: its own, else the highest of the policies that it can meet."""
    known = config.queues.get(queue, Queue())
    if known.objective is not None:
        return known.objective
    of_policies = [policy.objective for policy in _met_in(queue, known, config)]
    return max(of_policies, default=OBJECTIVE)


def _met_in(queue: str, known: Queue, config: Config) -> Iterator[PolicyPart]:
    """Those that promise its conversations something, up to the one that takes all."""
    for policy in config.policies:
        wanted = policy.match.wanted()
        if policy.shadow or queue not in wanted.pop("queue", {queue}):
            continue
        if not _may_match(wanted, known):
            continue
        if any(True for _ in policy.targets.targets()):
            yield policy
        if not wanted:
            return


def _may_match(wanted: Mapping[str, frozenset[str]], known: Queue) -> bool:
    """Whether one of the queue's accounts fits; a queue without any has all."""
    accounts = [account.partition(":") for account in known.accounts]
    return not accounts or any(
        channel in wanted.get("channel", {channel})
        and not wanted.get("account", {number}).isdisjoint({number, whole})
        for whole, (channel, _, number) in zip(known.accounts, accounts, strict=True)
    )
