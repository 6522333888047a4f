"""How Kafka is reached: addresses, TLS, and who we are to it."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaAccess:
    """Where the brokers are and how to be let in. Never shows the password."""

    bootstrap: str
    protocol: Protocol = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    """PEM; empty: the authorities this machine trusts."""
    cert_file: str = ""
    key_file: str = ""

    @classmethod
    def to(cls, broker: "Self | str") -> "Self":
        """As it is; a plain host:port is a broker without security."""
        return cls(bootstrap=broker) if isinstance(broker, str) else broker

    @property
    def has_tls(self) -> bool:
        return self.protocol in ("SSL", "SASL_SSL")

    @property
    def has_sasl(self) -> bool:
        return self.protocol in ("SASL_PLAINTEXT", "SASL_SSL")

    def faults(self) -> list[str]:
        """What contradicts or is missing, a line each; reads the files."""
        return [*self._address_faults(), *self._sasl_faults(), *self._tls_faults()]

    def tls(self) -> ssl.SSLContext | None:
        """None without TLS; raises `OSError` (`ssl.SSLError`) for unusable files."""
        if not self.has_tls:
            return None
        context = ssl.create_default_context(cafile=self.ca_file or None)
        if self.cert_file:
            key = self.key_file or None
            context.load_cert_chain(self.cert_file, key, password=_no_password)
        return context

    def client(self) -> dict[str, Any]:
        """What aiokafka's clients take, `bootstrap_servers` included."""
        options: dict[str, Any] = {"bootstrap_servers": self.bootstrap}
        return options | self.security()

    def security(self) -> dict[str, Any]:
        """The same without the addresses."""
        options: dict[str, Any] = {"security_protocol": self.protocol}
        if self.has_tls:
            options["ssl_context"] = self.tls()
        if self.has_sasl:
            options["sasl_mechanism"] = self.mechanism
            options["sasl_plain_username"] = self.username
            options["sasl_plain_password"] = self.password
        return options

    def _address_faults(self) -> list[str]:
        # The clients would raise whatever their parsing happens to.
        return [
            f"REPLYCLOCK_BROKER: {address.strip()!r} is not host:port"
            for address in self.bootstrap.split(",")
            if not _is_address(address.strip())
        ]

    def _sasl_faults(self) -> list[str]:
        given = {"USERNAME": self.username, "PASSWORD": self.password}
        if self.has_sasl:
            return [
                f"REPLYCLOCK_KAFKA_{name} is not set: {self.protocol} needs it"
                for name, value in given.items()
                if not value
            ]
        return self._useless(given, "SASL_PLAINTEXT or SASL_SSL")

    def _tls_faults(self) -> list[str]:
        names = ("CA_FILE", "CERT_FILE", "KEY_FILE")
        values = (self.ca_file, self.cert_file, self.key_file)
        given = dict(zip(names, values, strict=True))
        if not self.has_tls:
            return self._useless(given, "SSL or SASL_SSL")
        if self.key_file and not self.cert_file:
            return ["REPLYCLOCK_KAFKA_KEY_FILE is set without _CERT_FILE"]
        missing = [
            f"REPLYCLOCK_KAFKA_{name}: no such file: {value}"
            for name, value in given.items()
            if value and not Path(value).is_file()
        ]
        if missing:
            return missing
        try:
            self.tls()
        except OSError as error:
            files = [name for name, value in given.items() if value]
            said = getattr(error, "reason", None) or error.strerror or error
            return [f"REPLYCLOCK_KAFKA_{' or '.join(files)} cannot be used: {said}"]
        return []

    def _useless(self, given: dict[str, str], protocols: str) -> list[str]:
        return [
            f"REPLYCLOCK_KAFKA_{name} is set, but REPLYCLOCK_KAFKA_SECURITY_PROTOCOL"
            f" is {self.protocol}: make it {protocols}"
            for name, value in given.items()
            if value
        ]


def _is_address(text: str) -> bool:
    """A host with a port or without one; IPv6 in brackets."""
    if ":" not in text or text.endswith("]"):
        return bool(text)
    host, _, port = text.rpartition(":")
    return bool(host) and port.isdecimal() and 0 < int(port) < 1 << 16


def _no_password() -> str:
    """For an encrypted key: refused, where OpenSSL would ask at the terminal."""
    return ""
