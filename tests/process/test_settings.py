"""The environment: secrets from files, all faults at once, nothing given away."""

import os
import traceback
from pathlib import Path

import pytest

from stream.channels.contact import Contact, ContactKeys
from stream.kafka.membership import Membership
from stream.process.settings import SettingsError, read_settings

SECRET = "s3cr3t-3630"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the variables of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("REPLYCLOCK_"):
            monkeypatch.delenv(name)


def refusal() -> str:
    with pytest.raises(SettingsError) as caught:
        read_settings()
    return str(caught.value)


def test_without_an_environment_it_is_the_machine_at_hand():
    """The defaults are a broker, a Redis and doors on this machine."""
    settings = read_settings()

    assert settings.broker == "127.0.0.1:9092"
    assert str(settings.redis_url) == "redis://127.0.0.1:6379/0"
    assert settings.config == Path("config/sla.yaml")
    assert {settings.intake_host, settings.worker_host, settings.alerts_host} == {
        "127.0.0.1"
    }


def test_a_prefix_is_put_before_every_topic(monkeypatch):
    """Two installations share a Kafka by their topics' prefix."""
    monkeypatch.setenv("REPLYCLOCK_TOPIC_PREFIX", "acme.")
    settings = read_settings()

    assert (
        settings.events_topic,
        settings.facts_topic,
        settings.dead_letters_topic,
        settings.topic("x"),
    ) == (
        "acme.conversations.events",
        "acme.sla.facts",
        "acme.sla.dead-letters",
        "acme.x",
    )


@pytest.mark.parametrize(
    "name",
    [
        "id_secret",
        "whatsapp_app_secret",
        "whatsapp_verify_token",
        "messenger_app_secret",
        "messenger_verify_token",
        "slack_bot_token",
        "kafka_password",
    ],
)
def test_every_secret_may_be_a_file(monkeypatch, tmp_path, name):
    """A secret is read from the file that NAME_FILE names, without the line end."""
    if name.startswith("kafka"):
        monkeypatch.setenv("REPLYCLOCK_KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT")
        monkeypatch.setenv("REPLYCLOCK_KAFKA_USERNAME", "us")
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n", encoding="utf-8")
    monkeypatch.setenv(f"REPLYCLOCK_{name.upper()}_FILE", str(file))

    assert read_settings().need(name, "a test") == SECRET


def test_an_empty_variable_beside_a_file_is_not_set(monkeypatch, tmp_path):
    """`X=` in an env file does not contradict `X_FILE`."""
    file = tmp_path / "secret"
    file.write_text(SECRET, encoding="utf-8")
    monkeypatch.setenv("REPLYCLOCK_ID_SECRET", "")
    monkeypatch.setenv("REPLYCLOCK_ID_SECRET_FILE", str(file))

    assert read_settings().need("id_secret", "a test") == SECRET


def test_an_empty_name_of_a_file_is_none(monkeypatch):
    """`X_FILE=` in an env file means "not set", as `X=` does."""
    monkeypatch.setenv("REPLYCLOCK_ID_SECRET_FILE", "")

    assert read_settings().id_secret is None


def test_an_empty_file_is_no_secret(monkeypatch, tmp_path):
    """An empty secret would sign everything; it counts as not set."""
    file = tmp_path / "secret"
    file.write_text("\n", encoding="utf-8")
    monkeypatch.setenv("REPLYCLOCK_ID_SECRET_FILE", str(file))

    with pytest.raises(SettingsError) as caught:
        read_settings().need("id_secret", "it makes pseudonyms")
    assert str(caught.value) == "REPLYCLOCK_ID_SECRET is not set: it makes pseudonyms"


def test_both_a_secret_and_its_file_are_refused(monkeypatch):
    """Nobody has to guess which of two secrets is in force."""
    monkeypatch.setenv("REPLYCLOCK_ID_SECRET", SECRET)
    monkeypatch.setenv("REPLYCLOCK_ID_SECRET_FILE", "/nowhere")

    assert (
        refusal() == "REPLYCLOCK_ID_SECRET and REPLYCLOCK_ID_SECRET_FILE are both set"
    )


def test_a_file_that_is_not_there_is_told(monkeypatch):
    """A secret's file that cannot be read is told with the variable and the path."""
    monkeypatch.setenv("REPLYCLOCK_ID_SECRET_FILE", "/nowhere")

    assert refusal() == (
        "REPLYCLOCK_ID_SECRET_FILE: No such file or directory: /nowhere"
    )


def test_every_wrong_variable_is_told_at_once(monkeypatch):
    """Two wrong numbers are two lines, each with its variable."""
    monkeypatch.setenv("REPLYCLOCK_PARTITIONS", "many")
    monkeypatch.setenv("REPLYCLOCK_INTAKE_PORT", "99999")

    assert [line.split(":")[0] for line in refusal().splitlines()] == [
        "REPLYCLOCK_PARTITIONS",
        "REPLYCLOCK_INTAKE_PORT",
    ]


def test_a_secrets_fault_hides_no_other(monkeypatch):
    """A wrong number is told beside two secrets whose files are missing."""
    monkeypatch.setenv("REPLYCLOCK_PARTITIONS", "many")
    monkeypatch.setenv("REPLYCLOCK_ID_SECRET_FILE", "/nowhere")
    monkeypatch.setenv("REPLYCLOCK_SLACK_BOT_TOKEN_FILE", "/nowhere")

    assert len(refusal().splitlines()) == 3


def test_settings_show_no_secret(monkeypatch):
    """A log line or a traceback with the settings gives no secret away."""
    monkeypatch.setenv("REPLYCLOCK_ID_SECRET", SECRET)
    monkeypatch.setenv("REPLYCLOCK_SLACK_BOT_TOKEN", SECRET)
    settings = read_settings()

    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()}"


def test_settings_show_no_password_of_redis(monkeypatch):
    """The password inside REDIS_URL is a secret as any other."""
    monkeypatch.setenv("REPLYCLOCK_REDIS_URL", f"redis://:{SECRET}@redis:6379/0")

    assert SECRET not in repr(read_settings())


def test_a_refusal_shows_no_secret(monkeypatch):
    """A wrong variable beside a secret: even the traceback does not show it."""
    monkeypatch.setenv("REPLYCLOCK_ID_SECRET", SECRET)
    monkeypatch.setenv("REPLYCLOCK_SLACK_BOT_TOKEN_FILE", "/nowhere")

    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert SECRET not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("ratio", ["0", "1.5", "nan", "half"])
def test_a_ratio_of_dead_letters_is_a_part(monkeypatch, ratio):
    """More than none and at most all; the limits are one value."""
    monkeypatch.setenv("REPLYCLOCK_DEAD_LETTERS_CONSECUTIVE", "7")
    settings = read_settings()
    assert settings.dead_letters_consecutive == 7
    assert settings.dead_letters_ratio == 0.5

    monkeypatch.setenv("REPLYCLOCK_DEAD_LETTERS_RATIO", ratio)
    assert refusal().startswith("REPLYCLOCK_DEAD_LETTERS_RATIO: ")


# -- Kafka


def test_kafka_is_told_all_at_once(monkeypatch):
    """A password without SASL and too many copies in sync are two lines."""
    monkeypatch.setenv("REPLYCLOCK_KAFKA_PASSWORD", SECRET)
    monkeypatch.setenv("REPLYCLOCK_MIN_INSYNC_REPLICAS", "2")

    text = refusal()
    assert text.splitlines() == [
        (
            "REPLYCLOCK_KAFKA_PASSWORD is set, but "
            "REPLYCLOCK_KAFKA_SECURITY_PROTOCOL is PLAINTEXT:"
            " make it SASL_PLAINTEXT or SASL_SSL"
        ),
        "REPLYCLOCK_MIN_INSYNC_REPLICAS is more than REPLYCLOCK_REPLICATION",
    ]
    assert SECRET not in text


def test_the_way_into_kafka_is_one_value(monkeypatch, tmp_path):
    """Every variable of the way in reaches the clients, the password from its file."""
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n", encoding="utf-8")
    for name, value in {
        "BROKER": "a:1,b:2",
        "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "KAFKA_SASL_MECHANISM": "SCRAM-SHA-256",
        "KAFKA_USERNAME": "us",
        "KAFKA_PASSWORD_FILE": str(file),
    }.items():
        monkeypatch.setenv(f"REPLYCLOCK_{name}", value)

    assert read_settings().kafka.client() == {
        "bootstrap_servers": "a:1,b:2",
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-256",
        "sasl_plain_username": "us",
        "sasl_plain_password": SECRET,
    }


@pytest.mark.parametrize(
    ("replication", "given", "min_insync"), [(1, 0, 1), (2, 0, 1), (3, 0, 2), (3, 1, 1)]
)
def test_one_broker_may_be_down(monkeypatch, replication, given, min_insync):
    """Unless told, one copy less than there are must be in sync, and at least one."""
    monkeypatch.setenv("REPLYCLOCK_REPLICATION", str(replication))
    monkeypatch.setenv("REPLYCLOCK_MIN_INSYNC_REPLICAS", str(given))

    assert read_settings().topic_policy.min_insync == min_insync


def test_membership_is_dynamic_by_default():
    """A member id is an operator's decision; Kafka waits for ten seconds."""
    assert read_settings().membership == Membership("", 10.0)


def test_a_static_member(monkeypatch):
    """An id and a longer session reach the engine; a rebalance waits for longer."""
    monkeypatch.setenv("REPLYCLOCK_MEMBER_ID", "worker-0.eu_1")
    monkeypatch.setenv("REPLYCLOCK_SESSION_TIMEOUT", "1m")
    membership = read_settings().membership

    assert membership == Membership("worker-0.eu_1", 60.0)
    assert membership.is_static
    assert membership.rebalance_timeout > membership.session_timeout


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SESSION_TIMEOUT", "9s", "not from 10s to 1m"),
        ("SESSION_TIMEOUT", "61s", "not from 10s to 1m"),
        ("SESSION_TIMEOUT", "soon", "is no duration"),
        ("MEMBER_ID", "worker 0", "MEMBER_ID"),
        ("MEMBER_ID", "w" * 201, "MEMBER_ID"),
    ],
)
def test_a_membership_that_cannot_be(monkeypatch, name, value, said):
    """Shorter than a lease needs, longer than a breach may wait, no name for Kafka."""
    monkeypatch.setenv(f"REPLYCLOCK_{name}", value)

    assert said in refusal()


def test_contact_keys_are_read_from_the_newest_on(monkeypatch, tmp_path):
    """A file with a key a line, as one puts the new one before the old one."""
    file = tmp_path / "keys"
    file.write_text(f"{'ab' * 32}\n{'cd' * 32}\n", encoding="utf-8")
    monkeypatch.setenv("REPLYCLOCK_CONTACT_KEY_FILE", str(file))
    contact, newest = Contact("Ana"), ContactKeys([b"\xab" * 32]).seal
    assert newest is not None

    keys = read_settings().contact_keys

    assert keys.seal is not None
    assert keys.seal(contact, "whatsapp", "1") == newest(contact, "whatsapp", "1")


def test_a_contact_key_that_is_none_is_a_fault(monkeypatch):
    """It says which and how to make one, and shows nothing of it."""
    assert read_settings().contact_keys.seal is None
    monkeypatch.setenv("REPLYCLOCK_CONTACT_KEY", f"{'ab' * 32},{SECRET}")

    assert refusal() == (
        "REPLYCLOCK_CONTACT_KEY: key 2 is not 64 hex digits:"
        " openssl rand -hex 32 makes one"
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PARTITIONS", "many", "is no whole number"),
        ("PARTITIONS", "0", "must be at least 1"),
        ("WORKER_PORT", "99999", "must be at most 65535"),
        ("REDIS_URL", "redis", "is no address: write redis://redis:6379/0"),
        (
            "REDIS_URL",
            "http://redis",
            "is no address of Redis: write redis://redis:6379/0",
        ),
        ("CREATE_TOPICS", "maybe", "must be true or false"),
        ("SPOOL_MAX", "much", "is no size: write 512MiB or 1GiB"),
        ("SPOOL_MAX", "1x", "is no size: write 512MiB or 1GiB"),
        ("SESSION_TIMEOUT", "1h", "not from 10s to 1m"),
        ("LOG_FORMAT", "xml", "must be 'auto', 'console' or 'json'"),
    ],
)
def test_what_is_wrong_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    """And what to write; none of Python's words."""
    monkeypatch.setenv(f"REPLYCLOCK_{name}", value)
    with pytest.raises(SettingsError) as raised:
        read_settings()
    assert str(raised.value) == f"REPLYCLOCK_{name}: {said}"
