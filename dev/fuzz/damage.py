"""Damage: a body with parts gone, doubled, exchanged, or another's in their place."""

import copy
import json
from collections.abc import Sequence
from random import Random
from typing import Any

_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**63, 2**80, 1e308, 0.1, "", "0", " ", "\x00"),
    *("\ud83d", "a" * 300, "+36 30 111 2233", "US.1", "1790000000", 1790000000),
    *("9" * 400, [], {}, [[]], [{}], {"id": None}, "page", "messages", "statuses"),
)


def damaged(bodies: Sequence[Any], random: Random) -> bytes:
    """One of `bodies` with one to three things wrong with it, now and then a byte."""
    body = copy.deepcopy(random.choice(bodies))
    for _ in range(random.randint(1, 3)):
        places = list(_places(body))
        if not places:
            break
        container, key = random.choice(places)
        match random.randint(0, 5):
            case 0:
                del container[key]
            case 1:
                container[key] = copy.deepcopy(random.choice(_ODD))
            case 2:
                other, where = random.choice(list(_places(random.choice(bodies))))
                container[key] = copy.deepcopy(other[where])
            case 3:
                container[key] = [container[key]] * random.choice((0, 2, 3, 50))
            case 4 if isinstance(container, dict):
                container[_key(bodies, random)] = container[key]
            case _:
                other, where = random.choice(places)
                _exchange(container, key, other, where)
    try:
        data = json.dumps(body).encode()
    except (RecursionError, ValueError):  # a part was put into itself
        return b"{}"
    if random.randint(0, 20) == 0:
        at = random.randrange(len(data))
        data = data[:at] + random.randbytes(random.randint(0, 3)) + data[at + 1 :]
    return data


def _places(node: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON value."""
    found: list[tuple[Any, Any]] = []
    todo = [node]
    while todo and len(found) < 2000:  # noqa: PLR2004  enough to choose from
        container = todo.pop()
        keys = container if isinstance(container, dict) else range(len(container))
        for key in keys:
            found.append((container, key))
            if isinstance(container[key], (dict, list)):
                todo.append(container[key])
    return found


def _key(bodies: Sequence[Any], random: Random) -> str:
    names = [key for _, key in _places(random.choice(bodies)) if isinstance(key, str)]
    return random.choice(names or ["id"])


def _exchange(container: Any, key: Any, other: Any, where: Any) -> None:
    container[key], other[where] = (
        copy.deepcopy(other[where]),
        copy.deepcopy(container[key]),
    )
