"""One broker that asks who is there: TLS, passwords, and rights.

Beside a listener for administration without security (everything is allowed there)
it has one for each security protocol. Its users may do nothing until a test grants
it, except `admin`, who may do everything. It creates topics that are asked for, as
Kafka does unless told otherwise.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from dev.kafka import Kafka
from dev.kafka.certificates import make_authority, make_certificate
from dev.ports import reserve_port
from dev.service import Spawn

USERS = ("admin", "intake", "worker", "alerts")
_MODULE = "org.apache.kafka.common.security"
_SETTINGS = """\
inter.broker.listener.name=PLAINTEXT
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
ssl.keystore.type=PEM
ssl.keystore.location={folder}/server-both.pem
ssl.truststore.type=PEM
ssl.truststore.location={folder}/ca.pem
listener.name.ssl.ssl.client.auth=required
auto.create.topics.enable=true
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:admin;User:CN=client
"""


def password_of(user: str) -> str:
    return f"{user}-secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecureKafka(Kafka):
    """`address` is the administration's; `listeners` are the others', by protocol."""

    listeners: dict[str, int]
    name: str = "kafka-secure"

    @classmethod
    def on_free_ports(cls, folder: Path, port: int) -> Self:
        protocols = ("SASL_SSL", "SASL_PLAINTEXT", "SSL")
        listeners = {protocol: reserve_port() for protocol in protocols}
        second = reserve_port()
        return cls(
            folder=folder, port=port, controller_port=second, listeners=listeners
        )

    def listener(self, protocol: str) -> str:
        """The address of one of them."""
        return f"127.0.0.1:{self.listeners[protocol]}"

    def file(self, name: str) -> str:
        """`ca.pem`, `client.pem`, `client.key`, or `stranger.pem`: another CA."""
        return str(self.folder / name)

    def prepare(self, spawn: Spawn) -> None:
        """Certificates and users, too."""
        self.folder.mkdir(parents=True)
        make_authority(self.folder, "ca", spawn)
        make_authority(self.folder, "stranger", spawn)
        make_certificate(self.folder, "server", "ca", spawn)
        make_certificate(self.folder, "client", "ca", spawn)
        Kafka.prepare(self, spawn)

    def _settings(self) -> str:
        plain = Kafka._settings(self)  # noqa: SLF001  slots leave super() no cell
        known = " ".join(f'user_{user}="{password_of(user)}"' for user in USERS)
        lines = []
        for protocol in ("SASL_SSL", "SASL_PLAINTEXT"):
            place = f"listener.name.{protocol.lower()}"
            lines.append(
                f"{place}.plain.sasl.jaas.config="
                f"{_MODULE}.plain.PlainLoginModule required {known};"
            )
            lines += [
                f"{place}.{mechanism}.sasl.jaas.config="
                f"{_MODULE}.scram.ScramLoginModule required;"
                for mechanism in ("scram-sha-256", "scram-sha-512")
            ]
        addresses = "".join(
            f",{protocol}://{self.listener(protocol)}" for protocol in self.listeners
        )
        protocols = "".join(f",{protocol}:{protocol}" for protocol in self.listeners)
        settings = []
        for line in plain.splitlines():
            name = line.partition("=")[0]
            if name in ("listeners", "advertised.listeners"):
                settings.append(line + addresses)
            elif name == "listener.security.protocol.map":
                settings.append(line + protocols)
            else:
                settings.append(line)
        own = _SETTINGS.format(folder=self.folder)
        return "\n".join([*settings, own, *lines, ""])

    def _format_options(self) -> list[str]:
        scram = [
            f"SCRAM-SHA-{size}=[name={user},password={password_of(user)}]"
            for size in (256, 512)
            for user in USERS
        ]
        return [word for entry in scram for word in ("--add-scram", entry)]
