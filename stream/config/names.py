"""Names that lead nowhere, in what is written: a wrong value elsewhere hides none."""

from collections.abc import Iterable, Iterator
from typing import Any

from stream.config.nearest import listed, meant

Path = tuple[str | int, ...]
Wrong = tuple[Path, str]


def written(node: Any, pattern: str) -> Iterator[tuple[Path, Any]]:
    """What stands at the paths of `pattern`; its `*` is any key, or place in a list.

    What is no mapping or list where one is due has nothing below it: the model says so.
    """
    step, _, below = pattern.partition(".")
    for key, value in _parts(node):
        if step in ("*", key):
            if not below:
                yield (key,), value
            for path, deeper in written(value, below) if below else ():
                yield (key, *path), deeper


def keys(node: Any, pattern: str) -> list[str]:
    """The names of what is defined at `pattern`, whatever is wrong with it."""
    found = [path[-1] for path, _ in written(node, f"{pattern}.*")]
    return [name for name in found if isinstance(name, str)]


def unknown(
    node: Any, pattern: str, what: str, known: Iterable[str]
) -> Iterator[Wrong]:
    """Where a name at `pattern`, or in a list there, is none of the `known`."""
    names = [*known]
    for path, value in written(node, pattern):
        for name in value if isinstance(value, list) else [value]:
            if isinstance(name, str) and name not in names:
                yield path, f"no {what} {name!r}{meant(name, names) or listed(names)}"


def _parts(node: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(node, dict):
        return node.items()
    return enumerate(node) if isinstance(node, list) else ()
