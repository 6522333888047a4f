"""Event loops: a worker whose consumer's thread runs another one than the product's.

    python -m dev.chaos.loops asyncio worker

Patched from outside, in this process only: the product has uvloop, and no switch.
"""

import asyncio
import sys
from collections.abc import Callable
from types import SimpleNamespace

import uvloop

from stream.cli import main
from stream.engine import consumer

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "uvloop": uvloop.new_event_loop,
    "asyncio": asyncio.new_event_loop,
}
"""How a loop of each is made."""


def switch(loop: str) -> None:
    """Give the consumers that are made from now on this loop."""
    if "uvloop" not in vars(consumer):
        raise AttributeError("stream.engine.consumer makes its loop elsewhere by now")
    vars(consumer)["uvloop"] = SimpleNamespace(new_event_loop=LOOPS[loop])


if __name__ == "__main__":
    switch(sys.argv.pop(1))
    main()
