"""Whose queues a receiver hears of."""

from stream.config import parse_config
from stream.config.audience import hears_of

CONFIG = """
version: 1
queues:
  sales: {accounts: ["whatsapp:1"]}
  support: {accounts: ["messenger:2"]}
  website: {}
policies:
  - {name: one, match: {queue: sales}, targets: {first_reply: 5m},
     escalate: [{after: 5m, to: lead}]}
  - {name: all, targets: {first_reply: 5m}, escalate: [{after: 1h, to: boss}]}
alerts:
  routes:
    - {match: {channel: messenger}, to: chats}
    - {match: {queue: sales, policy: one}, to: vips}
    - {match: {queue: sales}, to: sellers}
    - {to: rest}
  receivers:
    chats: {slack: {channel: C1}}
    vips: {slack: {channel: C2}}
    sellers: {slack: {channel: C3}}
    rest: {slack: {channel: C4}}
    lead: {slack: {channel: C5}}
    boss: {slack: {channel: C6}}
"""


def heard() -> dict[str, set[str]]:
    config = parse_config(CONFIG, "sla.yaml")
    queues = ("sales", "support", "website", "of nobody")
    return {
        receiver: {queue for queue in queues if hears_of(receiver, queue, config)}
        for receiver in config.alerts.receivers
    }


def test_a_receiver_hears_of_the_queues_that_are_routed_to_it() -> None:
    """A queue with accounts is of the routes that fit one; a route may share it."""
    found = heard()

    assert found["chats"] == {"support", "website", "of nobody"}
    assert found["vips"] == found["sellers"] == {"sales"}
    assert found["rest"] == {"support", "website", "of nobody"}


def test_who_is_called_by_a_step_hears_of_its_policys_queues() -> None:
    """A lead is in no route, and gets the morning all the same."""
    found = heard()

    assert found["lead"] == {"sales"}
    assert found["boss"] == {"sales", "support", "website", "of nobody"}
