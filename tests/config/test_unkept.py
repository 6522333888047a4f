"""What is accepted and can never come true, said by `check`."""

import pytest

from stream.config import parse_config
from stream.config.oddities import oddities
from stream.config.references import CHANNELS
from stream.config.sources import WITH_DOOR
from stream.process.meta_apps import CHANNELS as OF_META

CONFIG = """
version: 1
queues:
  sales: {accounts: ["whatsapp:106540352242922", "messenger:1234567890"]}
policies:
  - name: all
    match: {}
    targets: {first_reply: 5m}
alerts:
  show_customer: name
  routes: [{to: desk}]
  receivers: {desk: {slack: {channel: C1}}}
"""
WITH_RESOLUTION = CONFIG.replace("5m}", "5m, resolution: 4h}")
RESOLUTION = ("policies", 0, "targets", "resolution")


def told(text: str, *posted: str) -> dict[tuple[str | int, ...], str]:
    """What is odd about the file, up to what to do; nobody posts but `posted`."""
    odd = oddities(parse_config(text, "sla.yaml"), 2026, posted)
    return {path: said.partition(";")[0] for path, said in odd}


def test_the_channels_with_a_door_are_those_of_metas_webhooks() -> None:
    """Another door makes its accounts heard."""
    assert WITH_DOOR == OF_META


def test_a_config_that_can_be_kept_is_not_odd() -> None:
    """Nothing is warned of where webhooks say all that is promised."""
    assert told(CONFIG) == {}


def test_a_resolution_that_nobody_says() -> None:
    """Each would be broken: no webhook says that something is resolved."""
    said = "can never be met: Meta's webhooks never say resolved"
    assert told(WITH_RESOLUTION) == {RESOLUTION: said}


@pytest.mark.parametrize("posted", [CHANNELS, ("whatsapp", "messenger:1234567890")])
def test_a_resolution_that_is_posted(posted: tuple[str, ...]) -> None:
    """By whoever has a token, for all accounts or for these."""
    assert told(WITH_RESOLUTION, *posted) == {}


def test_a_resolution_that_is_said_of_some() -> None:
    """The others are named."""
    text = "statuses_from: [messenger]" + WITH_RESOLUTION
    said = "Meta's webhooks never say resolved"
    where = "can never be met on whatsapp:106540352242922"
    assert told(text) == {RESOLUTION: f"{where}: {said}"}


@pytest.mark.parametrize("name", ["tier", "priority", "tag"])
def test_a_match_that_nobody_says(name: str) -> None:
    """The policy is for nobody, and no more is said of it."""
    text = WITH_RESOLUTION.replace("{}", f"{{{name}: high}}")
    path = ("policies", 0, "match", name)
    assert told(text)[path] == f"can never match: Meta's webhooks say no {name}"
    assert RESOLUTION not in told(text)
    assert path not in told("statuses_from: [messenger]" + text)
