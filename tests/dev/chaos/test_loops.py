"""Loops: the consumer's thread gets the event loop that was asked for."""

import asyncio
from types import SimpleNamespace

import pytest
import uvloop

from dev.chaos.loops import LOOPS, switch
from stream.engine import consumer

_KINDS = {"uvloop": uvloop.Loop, "asyncio": asyncio.SelectorEventLoop}


@pytest.mark.parametrize("loop", sorted(LOOPS))
def test_the_loop_can_be_switched(loop, monkeypatch):
    """It is the one that the engine hands to the thread which it makes."""
    monkeypatch.setattr(consumer, "uvloop", uvloop)
    monkeypatch.setattr(consumer, "ConsumerThread", lambda _consumer, **given: given)
    switch(loop)
    faust = SimpleNamespace(loop=None, beacon=None)
    made = consumer.BatchConsumer._new_consumer_thread(faust)["thread_loop"]
    made.close()
    assert isinstance(made, _KINDS[loop])
