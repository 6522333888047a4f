"""A check, what it finds, and a round of checks that always comes to its end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

CHECKS = "replyclock.doctor"
"""The entry point group of `(Settings, Config) -> Sequence[Check]` functions."""

_GIVE_UP_S = 1.0


class Mark(StrEnum):
    """How bad it is; only `FAIL` is exit status 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"
    SKIP = "skip"
    """Not looked at, or nobody can know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line for people; `remedy` is what to do, a line or command each."""

    mark: Mark
    name: str
    found: str
    remedy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Something to look at, in `seconds`; not at all when `needs` has failed."""

    name: str
    look: Callable[[], Awaitable[Sequence[Finding]]]
    needs: str = ""
    """The name of a check that stands before this one."""
    seconds: float = 5.0


def ok(name: str, found: str) -> Finding:
    return Finding(Mark.OK, name, found)


def warn(name: str, found: str, *remedy: str) -> Finding:
    return Finding(Mark.WARN, name, found, remedy)


def fail(name: str, found: str, *remedy: str) -> Finding:
    return Finding(Mark.FAIL, name, found, remedy)


def skip(name: str, found: str, *remedy: str) -> Finding:
    return Finding(Mark.SKIP, name, found, remedy)


async def examine(checks: Sequence[Check]) -> AsyncIterator[Finding]:
    """What all of them find, in their order; they look at the same time.

    Never raises for what a check does: one that breaks or takes too long is a
    finding like others.
    """
    looks: dict[str, asyncio.Task[Sequence[Finding]]] = {}
    for check in checks:
        before = looks.get(check.needs)
        looks[check.name] = asyncio.create_task(_look(check, before))
    for look in looks.values():
        for finding in await look:
            yield finding


async def _look(
    check: Check, before: asyncio.Task[Sequence[Finding]] | None
) -> Sequence[Finding]:
    if before is not None:
        findings = await before
        if any(found.mark in (Mark.FAIL, Mark.SKIP) for found in findings):
            return [skip(check.name, f"not looked at: see {check.needs}")]
    looking = asyncio.ensure_future(check.look())
    # `asyncio.timeout` would wait for one that does not let itself be cancelled.
    await asyncio.wait({looking}, timeout=check.seconds)
    if not looking.done():
        looking.cancel()
        await asyncio.wait({looking}, timeout=_GIVE_UP_S)
        found = f"no answer within {check.seconds:g} s"
        return [fail(check.name, found, "ask again; then look at its load and log")]
    error = looking.exception()
    if error is not None:
        # The text of an unknown error may hold anything, a password too.
        found = f"could not be looked at: {type(error).__name__}"
        return [fail(check.name, found, "ask again; then report it with this line")]
    return looking.result()
