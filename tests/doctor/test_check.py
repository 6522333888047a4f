"""A round of checks comes to its end, whatever one of them does."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from stream.doctor.check import (
    Check,
    Finding,
    Mark,
    examine,
    fail,
    ok,
    skip,
    warn,
)


def looking(
    *findings: Finding, after: float = 0
) -> Callable[[], Awaitable[Sequence[Finding]]]:
    async def look() -> Sequence[Finding]:
        await asyncio.sleep(after)
        return findings

    return look


async def found_by(*checks: Check) -> list[Finding]:
    return [finding async for finding in examine(checks)]


async def test_findings_come_in_the_order_of_the_checks():
    """A slow check does not hold back the others' looking, only their lines."""
    slow = Check(name="slow", look=looking(ok("slow", "1"), after=0.2))
    slow_too = Check(name="slow too", look=looking(ok("slow too", "2"), after=0.2))
    quick = Check(name="quick", look=looking(ok("quick", "3"), warn("quick", "4")))
    began = time.monotonic()

    found = await found_by(slow, slow_too, quick)

    assert [finding.found for finding in found] == ["1", "2", "3", "4"]
    assert time.monotonic() - began < 0.35


async def test_a_check_that_takes_too_long_is_given_up():
    """Its limit is its own, and it is a fault."""
    slow = Check(name="slow", look=looking(after=9), seconds=0.05)
    (found,) = await found_by(slow)

    assert (found.mark, found.found) == (Mark.FAIL, "no answer within 0.05 s")


async def test_a_check_that_cannot_be_stopped_is_left_behind():
    """One that swallows its cancellation holds up nobody for long."""

    async def stubborn() -> Sequence[Finding]:
        try:
            await asyncio.sleep(9)
        except asyncio.CancelledError:
            await asyncio.sleep(1.5)
        return []

    began = time.monotonic()
    (found,) = await found_by(Check(name="stubborn", look=stubborn, seconds=0.05))

    assert found.mark is Mark.FAIL
    assert time.monotonic() - began < 1.4
    await asyncio.sleep(0.7)


async def test_a_check_that_breaks_says_only_the_kind_of_its_error():
    """The text may hold a password."""

    async def broken() -> Sequence[Finding]:
        raise RuntimeError("redis://:hush-9931@here")

    (found,) = await found_by(Check(name="broken", look=broken))

    assert found.found == "could not be looked at: RuntimeError"
    assert "hush" not in str(found)


async def test_what_needs_a_failed_check_is_skipped():
    """A skipped one skips what needs it in turn; a warning stops nobody."""
    failed = Check(name="a", look=looking(fail("a", "no")))
    second = Check(name="b", look=looking(ok("b", "yes")), needs="a")
    third = Check(name="c", look=looking(ok("c", "yes")), needs="b")
    warned = Check(name="d", look=looking(warn("d", "hm")))
    last = Check(name="e", look=looking(ok("e", "yes")), needs="d")

    assert await found_by(failed, second, third, warned, last) == [
        fail("a", "no"),
        skip("b", "not looked at: see a"),
        skip("c", "not looked at: see b"),
        warn("d", "hm"),
        ok("e", "yes"),
    ]
