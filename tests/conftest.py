"""Fixtures that start real servers through dev/."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest file first: in the end one process had it alone, minutes long."""
    items.sort(key=lambda item: item.path.name != "test_chaos.py")
