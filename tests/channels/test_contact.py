"""Who a customer is, sealed (ADR 16)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.channels import messenger, whatsapp
from stream.channels.contact import (
    LONGEST_TEXT,
    Contact,
    ContactKeys,
    Unopened,
    UnopenedError,
    contact_keys,
)
from stream.channels.people import People, in_one
from stream.channels.reading import Options
from stream.records import decode_event, encode_event
from stream.sla.events import MergedEvent
from stream.sla.instants import from_ms
from tests.bodies import (
    BODIES,
    MS,
    NUMBER,
    PAGE,
    PHONE,
    SECONDS,
    SHOWN,
    USER,
    VISITOR,
    asked,
    call,
    echo,
    on_the_wire,
)
from tests.bodies import messenger as said
from tests.bodies import whatsapp as change

OLD, NEW = b"o" * 32, b"n" * 32
KEYS = ContactKeys([NEW])
ANNA = Contact("Anna", "36301112233")
NAME = "Our Customer"

words = st.none() | st.text(st.characters(exclude_categories=["Cs"]))


def sealed(contact: Contact, account: str = "1", keys: ContactKeys = KEYS) -> bytes:
    assert keys.seal is not None
    return keys.seal(contact, "whatsapp", account)


def unopened(keys: ContactKeys, data: bytes, account: str = "1") -> Unopened:
    with pytest.raises(UnopenedError) as caught:
        keys.open(data, "whatsapp", account)
    return caught.value.reason


@given(words, words, words)
def test_what_is_sealed_is_opened(name, number, handle):
    """Whatever a name holds, it comes back whole, and is not to be read before."""
    contact = Contact(name, number, handle)
    data = sealed(contact)

    assert KEYS.open(data, "whatsapp", "1") == contact
    assert not name or len(name) < 4 or name.encode() not in data


def test_the_same_contact_gives_the_same_bytes():
    """A retried webhook, a replay and another intake tell the same."""
    assert sealed(ANNA) == sealed(Contact("Anna", "36301112233"))
    assert sealed(ANNA) == sealed(ANNA, keys=contact_keys(NEW.hex()))


def test_one_customer_of_two_accounts_gives_other_bytes():
    """Their pseudonyms cannot be compared, so neither can what is sealed."""
    ours, theirs = sealed(ANNA, "1"), sealed(ANNA, "2")

    assert ours[4:16] != theirs[4:16]
    assert unopened(KEYS, ours, "2") is Unopened.BROKEN


def test_two_contacts_never_share_a_nonce():
    """AES-GCM is lost where one serves two texts."""
    nonces = {sealed(Contact(str(number)))[4:16] for number in range(2000)}

    assert len(nonces) == 2000


def test_keys_are_rotated():
    """The first seals and each opens; without the old one, what it sealed stays so."""
    before, after = sealed(ANNA, keys=ContactKeys([OLD])), ContactKeys([NEW, OLD])

    assert sealed(ANNA, keys=after) == sealed(ANNA) != before
    assert after.open(before, "whatsapp", "1") == ANNA
    assert unopened(KEYS, before) is Unopened.OTHER_KEY
    assert unopened(ContactKeys(), before) is Unopened.OTHER_KEY


def test_what_was_changed_stays_closed():
    """Each bit counts, and so does each missing byte."""
    data = sealed(ANNA)

    for place in range(len(data)):
        bent = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert unopened(KEYS, bent)
        assert unopened(KEYS, data[:place])


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), (" \n", 0), (NEW.hex(), 1), (f"{NEW.hex()}, {OLD.hex()}\n", 2)],
)
def test_keys_are_hex_digits(text, count):
    """As `openssl rand -hex 32` writes them, with a comma or a line between."""
    keys = contact_keys(text)

    assert (keys.seal is not None) == (count > 0)
    for key in (NEW, OLD)[:count]:
        assert keys.open(sealed(ANNA, keys=ContactKeys([key])), "whatsapp", "1") == ANNA


@pytest.mark.parametrize("wrong", ["secret", "ab" * 31, "ab" * 33, "zz" * 32])
def test_what_is_no_key_is_refused(wrong):
    """With its place and how to make one, and without a word of it."""
    with pytest.raises(ValueError, match="key 2 is not 64 hex digits") as caught:
        contact_keys(f"{NEW.hex()},{wrong}")

    assert "openssl rand -hex 32" in str(caught.value)
    assert wrong not in str(caught.value)


# -- from a webhook's body


def read(source: Any, body: Any, keys: ContactKeys = KEYS) -> Any:
    return source.parse(
        on_the_wire(body),
        id_secret=b"secret",
        received_at=from_ms(MS),
        options=Options(seal=keys.seal),
    )


def of(body: Any) -> Contact | None:
    """The contact of a body's only event."""
    source, account = (whatsapp, NUMBER), (messenger, PAGE)
    parse, account = account if body["object"] == "page" else source
    (event,) = read(parse, body).events
    if event.contact is None:
        return None
    return KEYS.open(event.contact, event.channel, account)


def profiled(profile: Any, **contact: Any) -> Any:
    message = {"id": "wamid.P1", "timestamp": str(SECONDS), "type": "text"}
    return change(
        contacts=[{"profile": profile, **contact}],
        messages=[{**message, "from_user_id": USER}],
    )


CONTACTS = {
    "Name and number.": (asked(), Contact(NAME, PHONE)),
    "A username where there is no number.": (
        profiled({"name": "Ana", "username": "ana.b"}, user_id=USER),
        Contact("Ana", None, "ana.b"),
    ),
    "A name alone.": (profiled({"name": "Ana"}, user_id=USER), Contact("Ana")),
    "Nothing at all.": (profiled({}, user_id=USER), None),
    "A profile that is none.": (profiled("Ana", user_id=USER), None),
    "A name that is none.": (
        profiled({"name": {"x": 1}}, wa_id=PHONE),
        Contact(None, PHONE),
    ),
    "A very long name.": (
        profiled({"name": "x" * 5000}, user_id=USER),
        Contact("x" * LONGEST_TEXT),
    ),
    "Half of a surrogate pair.": (
        profiled({"name": "Ana \ud83d"}, user_id=USER),
        Contact("Ana "),
    ),
    "A message without contacts has its number.": (
        change(
            messages=[
                {"from": PHONE, "id": "w", "timestamp": str(SECONDS), "type": "text"}
            ]
        ),
        Contact(None, PHONE),
    ),
    "A call that was missed.": (call(event="terminate"), Contact(None, PHONE)),
    "Of a group, who writes.": (
        asked(group_id="G1", type="text", text={"body": "x"}),
        Contact(NAME, PHONE),
    ),
    "Messenger tells an id alone.": (
        said(message={"mid": "m_1", "text": "x"}),
        Contact(None, VISITOR),
    ),
    "A button of Messenger.": (said(postback={"mid": "m_3"}), Contact(None, VISITOR)),
    "The page's own words.": (
        said(from_page=True, message={"mid": "m_4", "is_echo": True}),
        None,
    ),
    "The business's own words.": (echo(type="text", text={"body": "x"}), None),
}


@pytest.mark.parametrize(("body", "contact"), CONTACTS.values(), ids=CONTACTS)
def test_a_customers_words_bear_who_it_is(body, contact):
    """What the wire has of name, number and handle; of customers' words only."""
    assert of(body) == contact


def test_the_longest_contact_is_taken_by_our_reader():
    """No name costs the message that bears it."""
    longest = "\U0001f600" * 999
    body = profiled({"name": longest, "username": longest}, wa_id="9" * 15)
    (event,) = read(whatsapp, body).events

    assert decode_event(encode_event(event)) == event
    long_id = json.loads(
        json.dumps(said(postback={"mid": "m"})).replace(VISITOR, "\U0001f600" * 256)
    )
    (event,) = read(messenger, long_id).events
    assert decode_event(encode_event(event)) == event


@pytest.mark.parametrize("source", BODIES)
def test_without_a_key_nothing_is_borne(source):
    """Nothing changes for whom does not want it, and nothing but this for others."""
    parse = {"whatsapp": whatsapp, "messenger": messenger}[source]
    for body in BODIES[source].values():
        plain, told = read(parse, body, ContactKeys()), read(parse, body)

        wire = [json.loads(encode_event(event)) for event in plain.events]
        assert all("contact" not in event for event in wire)
        bare = [json.loads(encode_event(event)) for event in told.events]
        assert [{k: v for k, v in e.items() if k != "contact"} for e in bare] == wire
        assert (plain.ignored, plain.links) == (told.ignored, told.links)


def test_a_contact_is_opened_in_the_conversation_that_it_joins():
    """The id is another then, so it is no part of what is sealed."""
    people, told = People(), read(whatsapp, profiled({"name": "Ana"}, user_id=USER))
    in_one(told, people)
    both = asked()
    both["entry"][0]["changes"][0]["value"]["contacts"][0]["user_id"] = USER
    in_one(read(whatsapp, both), people)

    (event,) = [e for e in in_one(told, people)[0] if not isinstance(e, MergedEvent)]

    assert event.conversation_id != told.events[0].conversation_id
    assert KEYS.open(event.contact, event.channel, NUMBER) == Contact("Ana")
    assert SHOWN not in str(event)
