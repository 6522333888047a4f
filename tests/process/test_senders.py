"""Who may post: tokens, of which the settings know the hash only."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from stream.process.senders import Senders, new_token
from stream.process.settings import SettingsError, read_settings

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


def senders(tokens: object = "", token: str = "") -> Senders:
    return Senders(token, tokens if isinstance(tokens, str) else json.dumps(tokens))


def name(known: Senders, header: str | None, now: datetime = NOW) -> str | None:
    found = known.sender(header, now)
    return found.name if found else None


def test_a_new_token_is_its_senders() -> None:
    """What the command prints is what the settings take; no other token is known."""
    token, said = new_token("desk")
    known = senders(said)

    assert token not in said
    assert name(known, f"Bearer {token}") == "desk"
    assert name(known, f"bearer   {token} ") == "desk"
    for wrong in (None, "", token, f"Basic {token}", f"Bearer {token}x", "Bearer "):
        assert name(known, wrong) is None


def test_two_tokens_are_good_while_one_is_changed_for_the_other() -> None:
    """Until the older one's last day."""
    (old, old_said), (new, new_said) = new_token("desk"), new_token("desk")
    until = NOW + timedelta(days=1)
    older = json.loads(old_said)["desk"]["tokens"][0] | {"until": until.isoformat()}
    known = senders(
        {"desk": {"tokens": [older, *json.loads(new_said)["desk"]["tokens"]]}}
    )

    assert name(known, f"Bearer {old}") == name(known, f"Bearer {new}") == "desk"
    assert name(known, f"Bearer {old}", until) is None
    assert name(known, f"Bearer {new}", until) == "desk"


def test_who_may_post_no_more_brings_no_accounts() -> None:
    """`check` warns then of what nobody says any more."""
    _, said = new_token("desk", NOW)

    assert senders(said).accounts(["email"], NOW - timedelta(seconds=1)) == {"email"}
    assert senders(said).accounts(["email"], NOW) == frozenset()


def test_one_token_is_enough() -> None:
    """`REPLYCLOCK_EVENTS_TOKEN` is of one sender, `events`."""
    assert name(senders(token="t" * 43), f"Bearer {'t' * 43}") == "events"
    assert senders().names == ()


@pytest.mark.parametrize(
    ("tokens", "fault"),
    [
        ("nonsense", "it: Invalid JSON"),
        ({"desk": {}}, "desk.tokens: Field required"),
        ({"desk": {"tokens": []}}, "desk.tokens: List should have at least 1 item"),
        ({"desk": {"tokens": [{"sha256": "hunter2"}]}}, "desk.tokens.0.sha256: String"),
        ({"Desk!": {"tokens": [{"sha256": "0" * 64}]}}, "Desk!.[key]: String"),
        (
            {
                "desk": {
                    "tokens": [{"sha256": "0" * 64, "until": "2027-01-01T00:00:00"}]
                }
            },
            "desk.tokens.0.until: Input should have timezone info",
        ),
        (
            {"desk": {"tokens": [{"sha256": "0" * 64}], "accounts": ["1065"]}},
            "desk.accounts.0: String",
        ),
    ],
)
def test_a_fault_is_told_and_no_token_with_it(tokens: object, fault: str) -> None:
    """With its place; who wrote a token where its hash belongs does not read it."""
    with pytest.raises(ValueError, match=":") as told:
        senders(tokens)

    assert fault in str(told.value)
    assert "hunter2" not in str(told.value)


def test_the_settings_say_it_with_the_variables_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So that `check` does, before intake is started."""
    monkeypatch.setenv("REPLYCLOCK_EVENTS_TOKENS", '{"desk": {}}')
    with pytest.raises(SettingsError) as told:
        read_settings()

    assert "REPLYCLOCK_EVENTS_TOKENS: desk.tokens: Field required" in str(told.value)
