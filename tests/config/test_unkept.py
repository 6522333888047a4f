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
    of_some = told("statuses_from: [messenger]" + text)
    assert {path, RESOLUTION}.isdisjoint(of_some)


def test_the_places_of_a_policy_are_all_that_must_hold() -> None:
    """A queue whose account is of another channel: work that is assigned may move."""
    text = CONFIG.replace("{}", "{queue: sales, channel: messenger}").replace(
        "policies:", '  uk: {accounts: ["messenger:7"]}\npolicies:'
    )
    there, not_there = text, text.replace(', "messenger:1234567890"', "")
    path = ("policies", 0, "match")
    said = {path: "can never match: its queue has no such account"}
    queues = {("queues", "sales"), ("queues", "uk")}

    def of_match(text: str, *posted: str) -> dict[tuple[str | int, ...], str]:
        return {at: it for at, it in told(text, *posted).items() if at not in queues}

    assert of_match(there) == {}
    assert of_match(not_there) == said
    assert of_match(not_there, "messenger") == {}


@pytest.mark.parametrize("account", ["messenger:1234567890", '"1234567890"'])
def test_an_account_is_matched_as_the_queue_has_it_or_alone(account: str) -> None:
    """As the rules do (semantics 6.8)."""
    assert ("policies", 0, "match") not in told(
        CONFIG.replace("{}", f"{{account: {account}}}")
    )


def test_where_no_queue_lists_an_account_all_is_unrouted() -> None:
    """Each account of each channel with a door may come, and those that are told."""
    text = CONFIG.replace('["whatsapp:106540352242922", "messenger:1234567890"]', "[]")
    alone = text.replace("queues:\n  sales: {accounts: []}\n", "")
    assert told(alone) == {}
    untold = alone.replace("5m}", "5m, resolution: 4h}")
    assert told(untold) == {
        RESOLUTION: "can never be met: Meta's webhooks never say resolved"
    }
    of_shop = alone.replace("{}", "{channel: webchat}")
    assert ("policies", 0, "match") in told(of_shop)
    assert told("statuses_from: [webchat]" + of_shop) == {}
    nobody = "has no account, and nobody assigns work to it: nothing comes to it"
    assert told(text) == {("queues", "sales"): nobody}
    assert told(text, *CHANNELS) == {}


def test_the_unrouted_are_a_queue() -> None:
    """A policy for it meets what comes to accounts that no queue lists."""
    text = CONFIG.replace("policies:", "policies:\n  - UNROUTED")
    rest = "{name: rest, match: {queue: unrouted}, targets: {resolution: 4h}}"
    assert list(told(text.replace("UNROUTED", rest))) == [RESOLUTION]


def test_an_account_by_another_name_where_somebody_writes_its_events() -> None:
    """`statuses_from` names the very account: then it is no mistake."""
    text = CONFIG.replace("106540352242922", "36301234567")
    path = ("queues", "sales", "accounts", 0)
    assert path in told("statuses_from: [whatsapp]" + text)
    assert told('statuses_from: ["whatsapp:36301234567"]' + text) == {}


@pytest.mark.parametrize(("digits", "is_odd"), [(6, 0), (7, 1), (14, 1), (15, 0)])
def test_a_phone_number_is_told_from_an_id_by_its_length(
    digits: int, is_odd: int
) -> None:
    """Meta's ids have 15 digits or more, and tests fewer than any telephone."""
    assert len(told(CONFIG.replace("106540352242922", "1" * digits))) == is_odd


def test_a_tier_is_no_promise_for_the_rest() -> None:
    """Targets of none are one: then it is on purpose."""
    text = "statuses_from: [whatsapp, messenger]" + CONFIG
    some = text.replace("{}", "{tier: vip}")
    assert list(told(some)) == [("queues", "sales")]
    rest = "\n  - {name: rest, targets: none}\nalerts:"
    assert told(some.replace("\nalerts:", rest)) == {}


def test_a_shadow_promises_nothing() -> None:
    """It is only tried."""
    text = CONFIG.replace("match: {}", "shadow: true")
    assert list(told(text)) == [("queues", "sales")]


def test_an_account_that_is_silent_for_ever_is_said_once() -> None:
    """Nothing that is promised of it is a second warning."""
    text = WITH_RESOLUTION.replace('"whatsapp:106540352242922", ', "")
    silent = text.replace("messenger:1234567890", "webchat:shop")
    assert list(told(silent)) == [("queues", "sales", "accounts", 0)]


def test_a_step_comes_as_long_as_one_of_the_promises_can_stay_broken() -> None:
    """A resolution outlives a wait."""
    step = "\n    escalate: [{after: 8d, to: lead}]"
    text = CONFIG.replace("5m}", "5m}" + step).replace(
        "{desk", "{lead: {slack: {channel: C2}}, desk"
    )
    assert list(told(text)) == [("policies", 0, "escalate", 0, "after")]
    assert told(text.replace("5m}", "5m, resolution: 4h}"), *CHANNELS) == {}


@pytest.mark.parametrize(("year", "is_odd"), [(2024, 1), (2025, 0), (2026, 0)])
def test_a_date_of_last_year_is_only_kept(year: int, is_odd: int) -> None:
    """An older one was typed wrong."""
    days = f'{{{year}-12-31: ["09:00-13:00"]}}'
    text = CONFIG.replace("{channel: C1}", "{channel: C1}, calendar: office")
    text = f"calendars: {{office: {{days: {days}}}}}{text}"
    assert len(told(text)) == is_odd
