"""How many people it takes to answer so many customers in time."""

import math
from bisect import bisect_left
from typing import NamedTuple

from stream.config.figures import Staffing
from stream.figures.erlang import answered_within
from stream.sla.instants import SECOND


class Need(NamedTuple):
    """Of people for an hour.

    Attributes:
        agents: who reply at once, each in `concurrency` conversations.
        people: with `shrinkage`: to be paid, so that so many reply.
        level: share of customers who will be answered within `within`.
        occupancy: share of the agents' places that are taken, 0 to 1.
    """

    agents: int
    people: int
    level: float
    occupancy: float


def need(per_hour: float, handling_s: float, rule: Staffing) -> Need:
    """The fewest who keep `rule` with so many new customers an hour (above 0).

    `handling_s`: work for one, in seconds: for so long a conversation takes one of the
    places that an agent has.
    """
    load = per_hour * handling_s / 3600
    within = rule.within / SECOND / handling_s
    patience = rule.patience and rule.patience / SECOND / handling_s

    def level(agents: int, within: float = within) -> float:
        return answered_within(load, agents * rule.concurrency, within, patience)

    enough = math.ceil(load / rule.concurrency) + 1
    while level(enough) < rule.level:
        enough *= 2
    agents = bisect_left(range(enough), rule.level, lo=1, key=level)
    return Need(
        agents=agents,
        # Rounded first: 0.7 is not exactly 0.7.
        people=math.ceil(round(agents / (1 - rule.shrinkage), 9)),
        level=level(agents),
        occupancy=load * level(agents, math.inf) / (agents * rule.concurrency),
    )
