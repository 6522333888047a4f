"""What an alert says of its customer (ADR 16)."""

from collections import Counter

import pytest

from alerts.alert import Alert, Told
from alerts.customer import Customers, Shown, said_of
from alerts.folding import fold
from stream.channels.contact import Contact, ContactKeys
from stream.config import Config, parse_config
from stream.config.alerts import ShowCustomer
from stream.sla.facts import Fact
from tests.alerts.cycles import Cycle

KEYS = ContactKeys([b"n" * 32])
ANA = Contact("Ana", "36301112233", "ana.b")
ACCOUNT = "106540352242922"
RULES = """
version: 1
queues: {{sales: {{accounts: ["whatsapp:106540352242922"]{link}}}}}
policies: [{{name: all, targets: {{first_reply: 10m}}}}]
alerts:
  show_customer: {show}
  routes: [{{to: ops}}]
  receivers: {{ops: {{slack: {{channel: C1}}}}}}
"""


def config(show: str, link: str | None = None) -> Config:
    told = "" if link is None else f', link: "{link}"'
    return parse_config(RULES.format(show=show, link=told), "sla.yaml")


def sealed(contact: Contact, account: str = ACCOUNT) -> bytes:
    assert KEYS.seal is not None
    return KEYS.seal(contact, "whatsapp", account)


def alert(*facts: Fact) -> Alert:
    folded = fold(Told.of(fact, offset) for offset, fact in enumerate(facts))
    assert folded is not None
    return folded


def shown(show: str, template: str | None = None, **fields: object) -> Shown:
    fields = {"contact": sealed(ANA)} | fields
    it = Customers(KEYS, config(show, template), pytest.fail)
    return it.shown(alert(Cycle(**fields).breached()))


LEVELS: list[tuple[ShowCustomer, Contact, str | None]] = [
    ("none", ANA, None),
    ("last4", ANA, "…2233"),
    ("name", ANA, "Ana …2233"),
    ("number", ANA, "Ana 36301112233"),
    ("last4", Contact("Ana", None, "ana.b"), None),
    ("name", Contact("Ana", None, "ana.b"), "Ana @ana.b"),
    ("number", Contact("Ana", None, "@ana.b"), "Ana @ana.b"),
    ("name", Contact("Ana"), "Ana"),
    ("name", Contact(None, "36301112233"), "…2233"),
    ("number", Contact(), None),
]


@pytest.mark.parametrize(("show", "contact", "said"), LEVELS, ids=str)
def test_no_more_is_said_than_the_rules_file_allows(show, contact, said):
    """Each level, of whoever has a name, a number, a handle, or not."""
    assert said_of(contact, show) == said


def test_an_alert_says_who_waits():
    """Opened with the key that intake has, bound to the account."""
    assert shown("name") == Shown(customer="Ana …2233")


def test_what_came_later_counts():
    """A name that a later fact of the cycle bears is the one in use."""
    cycle = Cycle(contact=sealed(ANA))
    later = cycle.answered(contact=sealed(Contact("Ana Maria", "36301112233")))
    it = Customers(KEYS, config("name"), pytest.fail)

    told = it.shown(alert(cycle.breached(), later))

    assert told.customer == "Ana Maria …2233"


def test_without_a_contact_nothing_is_said():
    """Of events of before, and of who intake has no key."""
    assert shown("number", contact=None) == Shown()


@pytest.mark.parametrize(
    ("contact", "keys", "reason"),
    [
        (sealed(ANA), ContactKeys([b"o" * 32]), "other_key"),
        (sealed(ANA), ContactKeys(), "other_key"),
        (sealed(ANA)[:-1], KEYS, "broken"),
        (sealed(ANA, "1"), KEYS, "broken"),
        (b"", KEYS, "other_key"),
    ],
)
def test_what_cannot_be_opened_is_counted(contact, keys, reason):
    """The alert says what it said without, and nothing fails."""
    counted: Counter[str] = Counter()
    link = "https://desk.example/{conversation}"

    def count(why: str) -> None:
        counted[why] += 1

    it = Customers(keys, config("number", link), count)
    told = it.shown(alert(Cycle(contact=contact or b"\0").breached()))

    assert told == Shown(link="https://desk.example/whatsapp%3A1%3Aa3f9")
    assert counted == {reason: 1}


def test_what_nobody_is_shown_is_not_opened():
    """`none` and no number in a link: the key is not even tried."""
    it = Customers(ContactKeys(), config("none"), pytest.fail)

    assert it.shown(alert(Cycle(contact=sealed(ANA)).breached())) == Shown()


LINKS = {
    "A number.": (
        "https://desk.example/c/{number}",
        "https://desk.example/c/36301112233",
    ),
    "The pseudonym.": ("https://x.y/?q={customer}", "https://x.y/?q=a3f9"),
    "The conversation.": (
        "https://x.y/{conversation}",
        "https://x.y/whatsapp%3A1%3Aa3f9",
    ),
    "As it is.": ("https://x.y/inbox", "https://x.y/inbox"),
    "None.": (None, None),
}


@pytest.mark.parametrize(("template", "link"), LINKS.values(), ids=LINKS)
def test_a_queues_link_is_filled_in(template, link):
    """Also where the alert says nothing else of the customer: the file asks for it."""
    assert shown("none", template).link == link


def test_a_link_that_wants_a_number_is_none_without():
    """No button is better than one that leads to the wrong conversation."""
    assert shown("name", "https://x.y/{number}", contact=None).link is None
    nameless = sealed(Contact("Ana", None, "ana.b"))
    assert shown("name", "https://x.y/{number}", contact=nameless).link is None


def test_values_stay_in_their_place():
    """A conversation of another producer cannot lead elsewhere."""
    evil = "x/../@evil.example?a=b#c d"
    it = Customers(KEYS, config("none", "https://x.y/{customer}/z"), print)

    told = it.shown(alert(Cycle(f"a:{evil}").breached()))

    assert told.link == "https://x.y/x%2F..%2F%40evil.example%3Fa%3Db%23c%20d/z"


def test_the_link_of_the_event_is_the_surer_one():
    """A helpdesk's own address is kept, and no other one is made."""
    assert shown("none", "https://x.y/{number}", link="https://desk/1").link is None
    assert shown("none", "https://x.y/{number}", queue="other").link is None


def test_a_reload_holds_from_the_next_message_on():
    """Less or more is said at once."""
    told = alert(Cycle(contact=sealed(ANA)).breached())
    it = Customers(KEYS, config("none"), pytest.fail)
    it.take(config("last4", "https://x.y/{number}"))

    assert it.shown(told) == Shown(customer="…2233", link="https://x.y/36301112233")
