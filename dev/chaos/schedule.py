"""Schedules: what goes wrong when, the same for the same seed."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

WORKERS = ("worker", "worker-2", "worker-3")


class Fault(StrEnum):
    """What is done; `who` of the action says to whom."""

    KILL = "kill -9"
    TERMINATE = "SIGTERM"
    FREEZE = "SIGSTOP"
    JOIN = "join"
    LEAVE = "leave"
    ROLLING = "rolling restart"
    BROKER = "broker kill -9"
    REDIS = "redis restart"
    SLACK = "slack fails"


_OF_A_WORKER = (Fault.KILL, Fault.TERMINATE, Fault.FREEZE)
_DRAWN = (
    *(Fault.KILL, Fault.KILL, Fault.TERMINATE, Fault.FREEZE, Fault.FREEZE),
    *(Fault.JOIN, Fault.LEAVE, Fault.ROLLING, Fault.BROKER, Fault.REDIS, Fault.SLACK),
)


@dataclass(frozen=True, slots=True)
class Action:
    """At `at` seconds do `fault` to `who`; for `seconds` where it lasts."""

    at: float
    fault: Fault
    who: str
    seconds: float = 0.0

    def __str__(self) -> str:
        lasting = f" for {self.seconds:.1f} s" if self.seconds else ""
        return f"{self.at:5.1f} s  {self.fault} {self.who}{lasting}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """`workers` run at first; `length` seconds of events arrive."""

    seed: int
    workers: tuple[str, ...]
    length: int
    actions: tuple[Action, ...]

    def __str__(self) -> str:
        head = f"seed {self.seed}: {len(self.workers)} workers, {self.length} s"
        return "\n".join([head, *(f"  {action}" for action in self.actions)])


def draw(seed: int, *, length: int, faults: int) -> Schedule:
    """`faults` actions within `length` seconds, all decided by `seed`."""
    random = Random(seed)  # noqa: S311  trials, not secrets
    running = list(WORKERS[: random.randint(1, len(WORKERS))])
    at_first = tuple(running)
    times = sorted(random.uniform(1, length - 2) for _ in range(faults))
    return Schedule(
        seed, at_first, length, tuple(_action(random, at, running) for at in times)
    )


def _action(random: Random, at: float, running: list[str]) -> Action:
    fault = random.choice(_DRAWN)
    if fault is Fault.JOIN:
        waiting = [name for name in WORKERS if name not in running]
        if not waiting:
            fault = Fault.KILL
        else:
            running.append(waiting[0])
            return Action(at, fault, waiting[0])
    if fault is Fault.LEAVE:
        if len(running) == 1:
            fault = Fault.TERMINATE
        else:
            return Action(at, fault, running.pop())
    if fault in _OF_A_WORKER:
        who = random.choice([*running, "alerts"])
        # Around the session timeout of 10 s: shorter, just so, and longer.
        seconds = random.uniform(2, 16) if fault is Fault.FREEZE else 0.0
        return Action(at, fault, who, seconds)
    if fault is Fault.BROKER:
        return Action(at, fault, "kafka", random.uniform(0.5, 6))
    if fault is Fault.SLACK:
        return Action(at, fault, "slack", random.uniform(2, 10))
    return Action(at, fault, "redis" if fault is Fault.REDIS else "worker")
