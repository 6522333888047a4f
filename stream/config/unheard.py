"""What nobody would hear: warnings of `check` about who is told, and when."""

from collections.abc import Iterator

from stream.config.audience import routes_of
from stream.config.model import Config

Odd = tuple[tuple[str | int, ...], str]


def unheard(config: Config) -> Iterator[Odd]:
    """In no order."""
    yield from _queues(config)


def _queues(config: Config) -> Iterator[Odd]:
    """A queue none of whose routes tells of a broken promise."""
    for name in config.queues:
        routes = routes_of(name, config)
        if not any(r.tells("breach") or r.tells("escalation") for r in routes):
            yield ("queues", name), "nobody hears of its broken promises (tell)"
