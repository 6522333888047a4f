"""Kafka's own commands that mend what was found, ready to be copied."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from stream.kafka.access import KafkaAccess


@dataclass(frozen=True, slots=True)
class Commands:
    """For one Kafka; `admin.properties` holds an administrator's way in."""

    access: KafkaAccess

    @property
    def principal(self) -> str:
        """Who we are to the brokers, quoted for a shell."""
        if self.access.has_sasl:
            return shlex.quote(f"User:{self.access.username}")
        if self.access.cert_file and self.access.has_tls:
            file = shlex.quote(self.access.cert_file)
            subject = f"openssl x509 -in {file} -noout -subject -nameopt RFC2253"
            return f'"User:$({subject} | cut -d = -f 2-)"'
        return "User:ANONYMOUS"

    def allow(self, kind: str, name: str, operations: Iterable[str]) -> str:
        """Rights on a `topic` or `group`."""
        wanted = " ".join(f"--operation {each}" for each in operations)
        who = f"--allow-principal {self.principal}"
        return self._start("acls", f"--add {who} {wanted} --{kind} {name}")

    def change(self, topic: str, setting: str, value: str) -> str:
        """Another value for a topic's setting."""
        what = f"--entity-type topics --entity-name {topic}"
        return self._start("configs", f"--alter {what} --add-config {setting}={value}")

    def delete(self, topic: str) -> str:
        return self._start("topics", f"--delete --topic {topic}")

    def reassign(self, file: str) -> str:
        return self._start(
            "reassign-partitions", f"--reassignment-json-file {file} --execute"
        )

    def _start(self, script: str, rest: str) -> str:
        return (
            f"kafka-{script}.sh --bootstrap-server {self.access.bootstrap}"
            f" --command-config admin.properties {rest}"
        )
