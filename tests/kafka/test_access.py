"""The way into Kafka: what contradicts is said, and no password is shown."""

import re
import ssl
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from faust import SASLCredentials, SSLCredentials

from stream.engine.credentials import credentials_for
from stream.engine.topic import ChangelogSpec, TopicSpec
from stream.kafka.access import KafkaAccess
from stream.process.settings import Settings

PREFIX = "REPLYCLOCK_KAFKA_"
OPEN = KafkaAccess(bootstrap="kafka:9092")
SECRET = KafkaAccess(
    bootstrap="kafka:9092",
    protocol="SASL_SSL",
    mechanism="SCRAM-SHA-256",
    username="us",
    password="s3cr3t-3630",
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate with its key, another key, one behind a passphrase, and no PEM."""
    folder = tmp_path_factory.mktemp("files")
    for name, options in {
        "own": "-nodes",
        "locked": "-passout pass:long-enough",
    }.items():
        key, pem = folder / f"{name}.key", folder / f"{name}.pem"
        subprocess.run(
            f"openssl req -x509 -newkey rsa:2048 -subj /CN={name} -days 2"
            f" {options} -keyout {key} -out {pem}".split(),
            check=True,
            capture_output=True,
        )
    (folder / "no.pem").write_text("nothing of that kind")
    return folder


@pytest.mark.parametrize(
    "address", ["kafka:port", ":9092", ":::", "kafka:0", "kafka:65536", ""]
)
def test_an_address_that_is_none_is_named(address):
    """Beside good ones, too; the clients would raise what nobody understands."""
    access = KafkaAccess(bootstrap=f"kafka:9092, {address}")

    assert access.faults() == [f"REPLYCLOCK_BROKER: {address!r} is not host:port"]


@pytest.mark.parametrize(
    "address", ["kafka", "kafka:65535", "10.0.0.1:9092", "[::1]:9092", "[::1]"]
)
def test_an_address_may_be_short_or_of_ipv6(address):
    """What aiokafka takes."""
    assert KafkaAccess(bootstrap=address).faults() == []


def test_without_security_only_the_addresses_matter():
    """A plain host:port is a broker that lets everybody in."""
    access = KafkaAccess.to("a:1,b:2")

    assert access.faults() == []
    assert access.client() == {
        "bootstrap_servers": "a:1,b:2",
        "security_protocol": "PLAINTEXT",
    }
    assert credentials_for(access) is None
    assert KafkaAccess.to(access) is access


def test_clients_of_both_kinds_get_the_same():
    """Both aiokafka and Faust are told the same user, mechanism and protocol."""
    options, credentials = SECRET.client(), credentials_for(SECRET)

    assert isinstance(credentials, SASLCredentials)
    assert options["security_protocol"] == credentials.protocol.value == "SASL_SSL"
    assert options["sasl_mechanism"] == credentials.mechanism.value == "SCRAM-SHA-256"
    assert options["sasl_plain_username"] == credentials.username == "us"
    assert options["sasl_plain_password"] == credentials.password == "s3cr3t-3630"
    for context in (options["ssl_context"], credentials.ssl_context):
        assert (context.verify_mode, context.check_hostname) == (
            ssl.CERT_REQUIRED,
            True,
        )


def test_tls_without_a_password_is_faust_s_other_kind():
    """SSL gives Faust a context and nothing of SASL."""
    access = replace(OPEN, protocol="SSL")

    assert isinstance(credentials_for(access), SSLCredentials)
    assert set(access.security()) == {"security_protocol", "ssl_context"}


def test_the_password_is_not_shown():
    """Neither the value nor Faust's credentials print it."""
    assert "s3cr3t" not in f"{SECRET!r} {credentials_for(SECRET)!r}"


@pytest.mark.parametrize(
    ("access", "faults"),
    [
        (SECRET, []),
        (
            replace(OPEN, protocol="SASL_PLAINTEXT"),
            [
                f"{PREFIX}USERNAME is not set: SASL_PLAINTEXT needs it",
                f"{PREFIX}PASSWORD is not set: SASL_PLAINTEXT needs it",
            ],
        ),
        (
            replace(SECRET, protocol="SSL", password=""),
            [
                (
                    f"{PREFIX}USERNAME is set, but {PREFIX}SECURITY_PROTOCOL is"
                    " SSL: make it SASL_PLAINTEXT or SASL_SSL"
                )
            ],
        ),
        (
            replace(OPEN, ca_file="/ca.pem"),
            [
                (
                    f"{PREFIX}CA_FILE is set, but {PREFIX}SECURITY_PROTOCOL is"
                    " PLAINTEXT: make it SSL or SASL_SSL"
                )
            ],
        ),
        (
            replace(OPEN, protocol="SSL", key_file="/key"),
            [f"{PREFIX}KEY_FILE is set without _CERT_FILE"],
        ),
        (
            replace(OPEN, protocol="SSL", ca_file="/nowhere", cert_file="/none"),
            [
                f"{PREFIX}CA_FILE: no such file: /nowhere",
                f"{PREFIX}CERT_FILE: no such file: /none",
            ],
        ),
    ],
)
def test_what_contradicts_is_said(access, faults):
    """Each fault is a line that names the variable."""
    assert access.faults() == faults


@pytest.mark.parametrize(
    ("ca", "certificate", "key", "fault"),
    [
        ("own.pem", "own.pem", "own.key", None),
        ("no.pem", "", "", "CA_FILE cannot be used"),
        ("own.pem", "own.pem", "locked.key", "KEY_FILE cannot be used"),
        ("own.pem", "locked.pem", "locked.key", "KEY_FILE cannot be used"),
        ("own.pem", "own.pem", "", "CERT_FILE cannot be used"),
    ],
)
def test_files_are_read_at_the_start(files, ca, certificate, key, fault):
    """What is no PEM, a key of another, or one with a passphrase is one line."""
    access = KafkaAccess(
        bootstrap="kafka:9092",
        protocol="SSL",
        ca_file=str(files / ca),
        cert_file=str(files / certificate) if certificate else "",
        key_file=str(files / key) if key else "",
    )
    faults = access.faults()
    assert len(faults) == (fault is not None)
    assert all(fault in text and "\n" not in text for text in faults)


MANUAL = Path(__file__).parents[2] / "docs" / "kafka.md"


def test_the_manual_names_what_there_is():
    """docs/kafka.md has every variable of Kafka, and the version that is tested."""
    text = MANUAL.read_text(encoding="utf-8")
    pom = (MANUAL.parents[1] / "dev" / "kafka" / "pom.xml").read_text(encoding="utf-8")
    (version,) = re.findall(r"<kafka.version>(.+)</kafka.version>", pom)

    assert f"Apache Kafka {version}" in text
    names = {name for name in Settings.model_fields if name.startswith("kafka_")}
    for name in names - {"kafka_key_file"}:
        assert f"REPLYCLOCK_{name.upper()}" in text
    for spec in (TopicSpec("a", 1), ChangelogSpec("b", 1)):
        for key, value in spec.config.items():
            assert f"`{key}={value}`" in text
