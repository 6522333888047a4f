"""A sweep: the service level of one queue or policy, by target."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from stream.config import Config
from stream.config.nearest import meant
from stream.sla.cycles import Cycle, Key
from stream.sla.facts import Measure
from stream.sla.figures import Figures


@dataclass(frozen=True, slots=True)
class Part:
    """Whose waits are looked at: those of a queue, or those that a policy judged."""

    kind: Literal["queue", "policy"]
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    def has(self, cycle: Cycle, *, shadow: bool) -> bool:
        """Of a queue, what is only tried is left out: it would count twice."""
        if self.kind == "queue":
            return cycle.queue == self.name and not shadow
        return cycle.policy == self.name


@dataclass(frozen=True, slots=True)
class Sweep:
    """What each target (ms of open time) would have given."""

    measure: Measure
    part: Part
    levels: dict[int, Figures]


def part_named(text: str, config: Config) -> Part:
    """A queue or a policy by its name, the queue where both are called so.

    `queue:vip` and `policy:vip` say which. Raises `ValueError` of another name.
    """
    parts = [Part("queue", name) for name in config.queue_names]
    parts += [Part("policy", policy.name) for policy in config.policies]
    for part in parts:
        if text in {part.name, f"{part.kind}:{part.name}"}:
            return part
    near = meant(text, {part.name for part in parts})
    raise ValueError(f"no queue and no policy is called {text!r}{near}")


def queues_with(measure: Measure, cycles: Iterable[tuple[Key, Cycle]]) -> list[Part]:
    """The queues that have such waits, each to be looked at by itself."""
    names = {
        cycle.queue
        for (_, known, _, shadow), cycle in cycles
        if known is measure and not shadow
    }
    return [Part("queue", name) for name in sorted(names)]


def sweep(
    cycles: Iterable[tuple[Key, Cycle]],
    measure: Measure,
    part: Part,
    targets: Sequence[int],
) -> Sweep:
    """Try `targets` (ms of open time) on how long waits lasted.

    Exact where the target alone changes: the wait is met if it was answered within it,
    breached if it lasted longer, cancelled if it ended otherwise before. Who still
    waits when the events end counts as breached.
    """
    waits = [
        (cycle.lasted_ms, cycle.waited_business_ms is not None)
        for (_, known, _, shadow), cycle in cycles
        if known is measure and part.has(cycle, shadow=shadow)
    ]
    return Sweep(measure, part, {target: _at(target, waits) for target in targets})


def _at(target: int, waits: Iterable[tuple[int | None, bool]]) -> Figures:
    found = Figures()
    for lasted, answered in waits:
        if lasted is None or lasted > target:
            found.breached += 1
        elif answered:
            found.met += 1
        else:
            found.cancelled += 1
    return found
