import pytest

from dev.chart import cases
from tests.deploy.made import Made


@pytest.fixture(
    scope="session", params=cases(), ids=lambda case: case.name.split(".")[0]
)
def made(request: pytest.FixtureRequest) -> Made:
    """Each of what is kept."""
    return Made(request.param)


@pytest.fixture(scope="session")
def everything() -> Made:
    """With everything switched on."""
    return Made.named("everything")
