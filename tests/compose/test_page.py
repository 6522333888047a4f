"""What docs/compose.md says to write into a file of one's own."""

import pytest

from dev.compose.project import read_project
from tests.compose.conftest import FILES, FILLED_IN, Read, lay_clone
from tests.pages import blocks

OWN = "docker-compose.override.yml"


@pytest.fixture(scope="module")
def overridden(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """A clone with each block of the page for such a file, by its number."""
    folder = lay_clone(tmp_path_factory.mktemp("overridden"), FILLED_IN)
    for number, block in enumerate(blocks("compose.md", "yaml")):
        (folder / f"{number}-{OWN}").write_text(block, "utf-8")
    return Read(folder)


def test_a_screen_elsewhere_reaches_grafana_and_nothing_else(overridden: Read) -> None:
    """One port, at every address; the one at 127.0.0.1 would be in its way."""
    services = overridden(f"0-{OWN}")["services"]
    [port] = services["grafana"]["ports"]
    assert (port.get("host_ip"), port["published"], port["target"]) == (
        None,
        "3000",
        3000,
    )
    before = read_project(overridden.folder, files=[FILES[0]])["services"]
    changed = {name for name in services if services[name] != before[name]}
    assert changed == {"grafana"}


def test_a_worker_has_the_memory_that_the_page_gives_it(overridden: Read) -> None:
    assert int(overridden(f"1-{OWN}")["services"]["worker"]["mem_limit"]) == 4 << 30
