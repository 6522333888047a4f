"""The rules of running processes follow the file: by signal, by HTTP, by looking."""

import os
import shutil
import signal
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from dev.system import System

pytestmark = pytest.mark.broker


def metrics(system: System, name: str) -> str:
    with urlopen(f"{system.url(name)}/metrics", timeout=5) as answer:  # noqa: S310  ours
        return answer.read().decode()


def wait_for(system: System, name: str, said: str) -> str:
    deadline = time.monotonic() + 20
    while said not in (page := metrics(system, name)):
        assert time.monotonic() < deadline, f"{name} never said {said}"
        time.sleep(0.05)
    return page


def reload(system: System, name: str) -> tuple[int, str]:
    request = Request(f"{system.url(name)}/-/reload", method="POST")  # noqa: S310  ours
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310  as above
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_rules_are_reloaded_in_running_processes(scene, tmp_path: Path):
    """A good file takes effect everywhere; a bad one is refused with its lines."""
    system = scene("worker").system
    system.terminate("worker")
    rules = tmp_path / "sla.yaml"
    shutil.copy(system.environment["REPLYCLOCK_CONFIG"], rules)
    system.environment["REPLYCLOCK_CONFIG"] = str(rules)
    system.environment["REPLYCLOCK_RELOAD_EVERY"] = "3600"
    system.start("worker")
    system.environment["REPLYCLOCK_RELOAD_EVERY"] = "0.5"
    system.start("alerts")
    system.wait_ready("worker", "alerts")
    good = rules.read_text("utf-8")
    target = 'replyclock_target_seconds{measure="first_reply",policy="whatsapp-sales"}'
    assert f"{target} 300.0" in metrics(system, "worker")

    desk = good.replace("queues:\n", "queues:\n  desk: {team: emea}\n")
    rules.write_text(desk.replace("within: 5m", "within: 4m"), "utf-8")
    os.kill(system.pid("worker"), signal.SIGHUP)
    page = wait_for(system, "worker", f"{target} 240.0")
    (info,) = [line for line in page.splitlines() if line.startswith(INFO)]
    assert f'{OF_DESK}",team="emea"}} 1.0' in page
    page = wait_for(system, "alerts", info)  # by itself: it looks twice a second
    assert f'{MUTED_DESK}"}} 0.0' in page

    rules.write_text(good.replace("within: 5m", "within: soon"), "utf-8")
    status, said = reload(system, "worker")
    assert status == 400
    assert f"{rules}:" in said
    assert "'soon' is no duration" in said
    for name in ("worker", "alerts"):
        wait_for(system, name, "replyclock_config_last_reload_successful 0.0")
        assert info in metrics(system, name)

    rules.write_text(good.replace("within: 5m", "within: 3m"), "utf-8")
    status, said = reload(system, "worker")
    assert (status, said.split(":")[0]) == (200, "reloaded")
    page = metrics(system, "worker")
    assert f"{target} 180.0" in page
    assert OF_DESK not in page
    assert MUTED_DESK not in wait_for(system, "alerts", "reload_successful 1.0")
    assert reload(system, "worker")[1].startswith("unchanged: ")


INFO = "replyclock_config_info{"
OF_DESK = 'replyclock_queue_info{queue="desk'
MUTED_DESK = 'replyclock_queue_muted{queue="desk'
