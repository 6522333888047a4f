"""How soon somebody is free: Erlang C, and Erlang A where customers give up.

Customers arrive at random (Poisson), the work for each is exponential, and `servers`
take them in their order. Times are in units of the mean work for one; `load` is the
mean number of customers who are worked for at once: arrivals in such a unit (erlangs).
"""

import math
from itertools import count


def answered_within(
    load: float, servers: int, within: float, patience: float | None = None
) -> float:
    """The share of all customers who are answered, and waited no longer than `within`.

    `patience`: how long customers wait before they give up, on average; None: for ever.
    Who gave up was not answered.
    """
    if patience is None:
        return _erlang_c(load, servers, within)
    return _erlang_a(load, servers, within, 1 / patience)


def _erlang_c(load: float, servers: int, within: float) -> float:
    """Erlang 1917: `1 - C exp(-(servers - load) within)`; 0 where the queue only grows.

    C from B as in Cooper, “Introduction to Queueing Theory”, 1981.
    """
    if servers <= load:
        return 0.0
    blocked = _erlang_b(load, servers)
    waits = servers * blocked / (servers - load * (1 - blocked))
    return 1 - waits * math.exp((load - servers) * within)


def _erlang_b(load: float, servers: int) -> float:
    """The share that would find all servers at work if nobody waited.

    By recursion, from 0 to 1 all the way: the formula's factorials are too large for a
    float from 171 servers on.
    """
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def _erlang_a(load: float, servers: int, within: float, giving_up: float) -> float:
    """Palm's M/M/n+M, as in Mandelbaum and Zeltyn, “The Palm/Erlang-A Queue”, 2005.

    They have integrals J(t) from t on of exp(phi(x)), with phi(x) = load H(x) - servers
    x and H(x) = (1 - exp(-giving_up x)) / giving_up. As series of positive terms, of
    which nothing large is subtracted, they are

        servers J(t) = exp(phi(t)) (1 + queue(load exp(-giving_up t)))

    Weights below are relative to that of fewer than `servers` customers, as logs: with
    too few servers the queue's is beyond floats.
    """
    one_less = _log(_erlang_b(load, servers - 1))
    gone = math.exp(-giving_up * within)
    phi = load * (1 - gone) / giving_up - servers * within
    queue = one_less + _log_queue(load, servers, giving_up)
    too_late = one_less + phi + _log_queue(load * gone, servers, giving_up)
    top = max(0.0, queue)
    free, served, late = (math.exp(each - top) for each in (0.0, queue, too_late))
    waits = load / servers * (math.exp(one_less - top) + served)
    # Patience without end leaves 1e-10 below nothing.
    return max(0.0, free + served - late) / (free + waits)


def _log_queue(load: float, servers: int, giving_up: float) -> float:
    """Log of the sum over k > 0 of the product of load / (servers + i giving_up).

    i from 1 to k: so many wait, with the weight of nobody who waits as 1.
    """
    term, total, log_scale = 1.0, 0.0, 0.0
    for waiting in count(1):
        leaving = servers + waiting * giving_up
        term *= load / leaving
        total += term
        if total > _HUGE:
            term, total, log_scale = term / _HUGE, total / _HUGE, log_scale + _LOG_HUGE
        # All that follow are less than a geometric series of this ratio.
        if term * load <= _PRECISION * total * (leaving - load):
            break
    return log_scale + _log(total)


_HUGE = 1e200
_LOG_HUGE = math.log(_HUGE)
_PRECISION = 1e-15


def _log(value: float) -> float:
    return math.log(value) if value else -math.inf
