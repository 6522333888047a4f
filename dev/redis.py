"""One Redis that keeps what it acknowledged through a kill and a restart."""

import socket
from dataclasses import dataclass
from pathlib import Path

from dev.service import Spawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Redis:
    folder: Path
    port: int
    name: str = "redis"

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def prepare(self, spawn: Spawn) -> None:
        """Make the data folder."""
        del spawn
        self.folder.mkdir(parents=True)

    def command(self) -> list[str]:
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": str(self.folder),
            "appendonly": "yes",
            "save": "",
            "daemonize": "no",
            "loglevel": "notice",
        }
        options = [(f"--{name}", value) for name, value in settings.items()]
        return ["redis-server", *(word for option in options for word in option)]

    def is_ready(self) -> bool:
        """Whether it answers PING: it says LOADING while it reads its file."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.5) as server:
                server.sendall(b"PING\r\n")
                return server.recv(16) == b"+PONG\r\n"
        except OSError:
            return False
