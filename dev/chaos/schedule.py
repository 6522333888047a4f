"""Schedules: what goes wrong when, the same for the same seed."""

import math
from dataclasses import dataclass
from enum import StrEnum
from random import Random

WORKERS = ("worker", "worker-2", "worker-3")
WIRED = "worker"
"""Its network can be cut; it never leaves."""


class Fault(StrEnum):
    """What is done; `who` of the action says to whom."""

    KILL = "kill -9"
    TERMINATE = "SIGTERM"
    FREEZE = "SIGSTOP"
    CUT = "network cut"
    JOIN = "join"
    LEAVE = "leave"
    ROLLING = "rolling restart"
    BROKER = "broker kill -9"
    REDIS = "redis restart"
    FORGET = "redis forgets"
    WIPE = "redis wiped"
    SLACK = "slack fails"
    CLOCK = "clock step"


_DRAWN = (
    *(Fault.KILL, Fault.KILL, Fault.TERMINATE, Fault.FREEZE, Fault.FREEZE),
    *(Fault.CUT, Fault.CUT, Fault.JOIN, Fault.LEAVE, Fault.ROLLING),
    *(Fault.BROKER, Fault.REDIS, Fault.FORGET, Fault.WIPE, Fault.SLACK),
    *(Fault.CLOCK, Fault.CLOCK),
)
_ONE_OR_THREE = (1, 1, 3)
_AHEAD = 2 / 3
_FIRST_PRESS = 7.0
"""The first alerts are in Slack by then, where nothing stands in their way."""
_PRESSES = 10


@dataclass(frozen=True, slots=True)
class Action:
    """At `at` seconds do `fault` to `who`; for `seconds` where it lasts."""

    at: float
    fault: Fault
    who: str
    seconds: float = 0.0
    """Of a Redis that forgets: so much of what it knew."""
    by: float = 0.0
    """Of a clock: so many seconds ahead, or back where negative."""

    def __str__(self) -> str:
        lasting = f" for {self.seconds:.1f} s" if self.seconds else ""
        by = f" by {self.by:+.0f} s" if self.by else ""
        return f"{self.at:5.1f} s  {self.fault} {self.who}{by}{lasting}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """`workers` run at first; `length` seconds of events arrive.

    `presses`: seconds after the beginning when somebody presses. `is_stormy`: few
    alerts are told in one message already.
    """

    seed: int
    workers: tuple[str, ...]
    length: int
    actions: tuple[Action, ...]
    brokers: int = 1
    presses: tuple[float, ...] = ()
    is_stormy: bool = False

    @property
    def has_cuts(self) -> bool:
        return any(action.fault is Fault.CUT for action in self.actions)

    def __str__(self) -> str:
        processes = f"{self.brokers} brokers, {len(self.workers)} workers"
        people = f"{len(self.presses)} presses"
        storms = ", storms" if self.is_stormy else ""
        head = f"seed {self.seed}: {processes}, {people}{storms}, {self.length} s"
        return "\n".join([head, *(f"  {action}" for action in self.actions)])


def draw(seed: int, *, length: int, faults: int) -> Schedule:
    """`faults` actions and some presses within `length` seconds, decided by `seed`."""
    random = Random(seed)  # noqa: S311  trials, not secrets
    brokers = random.choice(_ONE_OR_THREE)
    running = list(WORKERS[: random.randint(1, len(WORKERS))])
    at_first = tuple(running)
    times = sorted(random.uniform(1, length - 2) for _ in range(faults))
    actions = tuple(_action(random, at, running, brokers) for at in times)
    presses = sorted(random.uniform(_FIRST_PRESS, length - 2) for _ in range(_PRESSES))
    is_stormy = random.random() < 1 / 2
    return Schedule(seed, at_first, length, actions, brokers, tuple(presses), is_stormy)


def _action(random: Random, at: float, running: list[str], brokers: int) -> Action:
    fault = random.choice(_DRAWN)
    waiting = [name for name in WORKERS if name not in running]
    if fault is Fault.JOIN and not waiting:
        fault = Fault.KILL
    if fault is Fault.LEAVE and len(running) == 1:
        fault = Fault.TERMINATE
    match fault:
        case Fault.JOIN:
            running.append(waiting[0])
            return Action(at, fault, waiting[0])
        case Fault.LEAVE:
            return Action(at, fault, running.pop())
        case _:
            who = _whom(random, fault, running, brokers)
            by = _by(random) if fault is Fault.CLOCK else 0.0
            return Action(at, fault, who, _seconds(random, fault), by)


def _whom(random: Random, fault: Fault, running: list[str], brokers: int) -> str:
    match fault:
        case Fault.KILL | Fault.TERMINATE | Fault.FREEZE:
            return random.choice([*running, "alerts"])
        case Fault.BROKER:
            return f"kafka-{random.randint(1, brokers)}" if brokers > 1 else "kafka"
        case Fault.SLACK | Fault.REDIS | Fault.FORGET | Fault.WIPE:
            return fault.value.split()[0]
        case Fault.CLOCK:
            return random.choice(running)
        case _:
            return WIRED


def _seconds(random: Random, fault: Fault) -> float:
    match fault:
        case Fault.FREEZE | Fault.CUT:
            # Shorter than the session timeout of 10 s, just so, and longer.
            return random.triangular(2, 30, 9)
        case Fault.BROKER:
            return random.uniform(0.5, 6)
        case Fault.SLACK:
            return random.uniform(2, 10)
        case Fault.FORGET:
            return random.uniform(0.5, 5)
        case Fault.CLOCK:
            return random.uniform(1, 20)
        case _:
            return 0.0


def _by(random: Random) -> float:
    """Ten minutes to 26 hours ahead, as often short as long; or some seconds back."""
    if random.random() < _AHEAD:
        return 600 * math.pow(156, random.random())
    return -random.uniform(1, 30)
