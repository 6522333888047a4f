"""What Caddy lets in: config/caddy/Caddyfile, beside the doors there are."""

import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from alerts.inbox.door import PATH as ACTIONS
from dev.ports import reserve_port
from stream.intake.openapi import PATH as DESCRIPTION
from stream.intake.posts import PATH as EVENTS
from tests.compose.conftest import ROOT

FILE = ROOT / "config" / "caddy" / "Caddyfile"
PUBLIC = {
    "/hooks/whatsapp": "intake:8080",
    EVENTS: "intake:8080",
    DESCRIPTION: "intake:8080",
    ACTIONS: "alerts:9102",
}
"""And who has the door."""
INSIDE = ("/", "/metrics", "/readyz", "/-/reload", "/v1/acks", "/hooks/../metrics")


def test_the_public_doors_are_named() -> None:
    """The paths and services of the file are those of the code, and no others."""
    text = re.sub(r"#.*", "", FILE.read_text("utf-8"))
    assert set(re.findall(r"(?<=\s)/\S+", text)) == {
        "/hooks/*" if path.startswith("/hooks/") else path for path in PUBLIC
    }
    assert set(re.findall(r"reverse_proxy (\S+)", text)) == set(PUBLIC.values())


class Says(BaseHTTPRequestHandler):
    """Stands for a service: its name is the answer."""

    def do_GET(self) -> None:
        body = str(self.server.server_address[1]).encode()
        self.send_response(200)
        self.send_header("Content-Length", f"{len(body)}")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def services() -> Iterator[dict[str, int]]:
    """Where who is for `intake:8080` and `alerts:9102` listens."""
    servers = {
        name: ThreadingHTTPServer(("127.0.0.1", 0), Says)
        for name in set(PUBLIC.values())
    }
    for server in servers.values():
        Thread(target=server.serve_forever, daemon=True).start()
    yield {name: server.server_address[1] for name, server in servers.items()}
    for server in servers.values():
        server.shutdown()
        server.server_close()


def test_caddy_lets_in_what_is_public(services: dict[str, int], tmp_path: Path) -> None:
    """By the real program: each public path reaches its service, all else is 404."""
    if not (caddy := shutil.which("caddy")):
        pytest.skip("caddy is not installed: apt-get install caddy")
    text = FILE.read_text("utf-8")
    for name, here in services.items():
        text = text.replace(name, f"127.0.0.1:{here}")
    (tmp_path / "Caddyfile").write_text(text, "utf-8")
    site = f"http://127.0.0.1:{reserve_port()}"
    environment = {
        "REPLYCLOCK_DOMAIN": site,
        "CADDY_ADMIN": "off",
        "HOME": f"{tmp_path}",
    }
    run = [caddy, "run", "--config", "Caddyfile", "--adapter", "caddyfile"]
    with subprocess.Popen(
        run, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL
    ) as it:
        try:
            deadline = time.monotonic() + 20
            while (inside := _asked(site + "/")) is None:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert inside == 404
            assert {path: _asked(site + path) for path in PUBLIC} == {
                path: services[name] for path, name in PUBLIC.items()
            }
            assert {_asked(site + path) for path in INSIDE} == {404}
        finally:
            it.terminate()


def _asked(url: str) -> int | None:
    """Who answered, or else the status; None: nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  ours
            return int(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except urllib.error.URLError:
        return None
