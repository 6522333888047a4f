"""Do the other clocks agree with this machine's? Pure; milliseconds."""

from stream.doctor.check import Finding, fail, ok, skip, warn

TOLERATED_MS = 1000
"""Deadlines are concluded to the second."""
_HOPELESS_MS = 5000

_MEND = "keep time with NTP on both machines: timedatectl set-ntp true"


def judge_clock(name: str, *, asked: int, told: int, answered: int) -> Finding:
    """A clock that said `told` between `asked` and `answered` of ours."""
    # It was read at any moment in between: only what is outside is certain.
    ahead = max(told - answered, 0) - max(asked - told, 0)
    if abs(ahead) <= TOLERATED_MS:
        middle = told - (asked + answered) // 2
        return ok(name, f"{middle:+d} ms from ours, ± {(answered - asked + 1) // 2} ms")
    side = "ahead of" if ahead > 0 else "behind"
    said = f"{abs(ahead) / 1000:.1f} s {side} this machine's"
    hopeless = abs(ahead) > _HOPELESS_MS
    return fail(name, said, _MEND) if hopeless else warn(name, said, _MEND)


def judge_stamps(newest: int | None, now: int, *, by_broker: bool) -> Finding:
    """The newest record's stamp: Kafka tells its time in no other way.

    A stamp is never from the future, unless who stamped it is ahead. That he is
    behind cannot be seen: there may have been nothing to write.
    """
    name = "kafka clock"
    if newest is None or newest - now <= TOLERATED_MS:
        return skip(
            name, "unknown: Kafka has no request for it; no record is from the future"
        )
    who = "a broker" if by_broker else "a producer"
    said = f"{who} is {(newest - now) / 1000:.1f} s ahead of this machine, or more"
    hopeless = newest - now > _HOPELESS_MS
    return fail(name, said, _MEND) if hopeless else warn(name, said, _MEND)
