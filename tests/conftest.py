"""Fixtures that start real servers through dev/."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice

import pytest

from dev.slack.client import SlackStandIn
from dev.stack import Stack
from dev.wire import Wire


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker for all tests of the session: host:port. Name topics by `prefix`."""
    folder = tmp_path_factory.mktemp("kafka")
    with Stack.start(folder, services=["kafka"]) as stack:
        yield stack.broker


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis for all tests of the session. Name keys by `prefix`."""
    folder = tmp_path_factory.mktemp("redis")
    with Stack.start(folder, services=["redis"]) as stack:
        yield stack.redis_url


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A network that can be cut; only root can lay one."""
    if os.geteuid() != 0:
        pytest.skip("a network namespace needs root")
    with Wire.lay() as laid:
        yield laid


@pytest.fixture
def prefix() -> str:
    """A prefix of topics and keys that no other test has."""
    return f"t{uuid.uuid4().hex[:12]}."


@pytest.fixture(scope="session")
def _slack_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("slack")
    with Stack.start(folder, services=["slack"]) as stack:
        yield stack.slack_page_url


@pytest.fixture
def slack(_slack_server: str) -> SlackStandIn:
    """The stand-in Slack, empty and obedient."""
    stand_in = SlackStandIn(_slack_server)
    stand_in.reset()
    return stand_in


@pytest.fixture
def start_stack(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Stack]]:
    """Starts a stack of the test's own: `start_stack("redis", "slack")`.

    For a test that kills or restarts servers.
    """
    with ExitStack() as stacks:

        def start(*services: str, wire: str = "") -> Stack:
            folder = tmp_path_factory.mktemp("stack")
            stack = Stack.start(folder, services=services, wire=wire)
            return stacks.enter_context(stack)

        yield start


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """What waits for servers is dealt out, first, to all processes but one.

    xdist gives each process a piece of the list, and later moves what is left. As they
    are collected the processors were first too few, and then idle; so, some wait while
    one computes, and in the end there are short tests to share.
    """
    processes = getattr(config, "workerinput", {}).get("workercount", 1)
    waiting = [item for item in items if _waits_alone(item)]
    waiting.sort(key=_is_short)  # or the longest would be the last, beside nothing
    dealt = set(waiting)
    others = iter([item for item in items if item not in dealt])
    hands = max(1, processes - 1)
    size = -(-len(items) // processes)
    ordered: list[pytest.Item] = []
    for number in range(hands):
        hand = waiting[number::hands]
        ordered += [*hand, *islice(others, max(0, size - len(hand)))]
    items[:] = [*ordered, *others]


def _is_short(item: pytest.Item) -> tuple[bool, bool]:
    return item.path.name != "test_chaos.py", item.path.parent.name != "broker"


def _waits_alone(item: pytest.Item) -> bool:
    """Whether it waits for servers, and shares no costly fixture with neighbours."""
    if not isinstance(item, pytest.Function) or not item.get_closest_marker("broker"):
        return False
    fixtures = item._fixtureinfo.name2fixturedefs.values()  # no other way to see them
    return all(
        each.scope == "function" or each.baseid in {"", "tests"}
        for *_, each in fixtures
    )
