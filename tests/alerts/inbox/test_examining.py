"""`doctor` says which way presses come in, and asks both ends."""

import pytest

from alerts.inbox.examining import PressesCheck
from dev.slack.client import SlackStandIn
from stream.doctor.check import Finding, Mark
from stream.process.settings import Settings
from tests.alerts.inbox.conftest import Office

pytestmark = pytest.mark.broker


async def found(**settings: object) -> Finding:
    [finding] = await PressesCheck(Settings(**settings)).look()  # type: ignore[arg-type]
    return finding


async def test_no_way_is_no_fault() -> None:
    """Whoever wants messages alone is told what is missing, and no more."""
    finding = await found()
    assert finding.mark is Mark.SKIP
    assert "docs/slack.md" in finding.remedy[0]


async def test_the_app_token_is_tried(slack: SlackStandIn) -> None:
    """A wrong one, or the bot's, is Slack's own word; neither is shown."""
    good = await found(slack_api_url=slack.url, slack_app_token=slack.app_token)
    assert good.mark is Mark.OK
    for wrong, word in [
        ("xapp-hush", "invalid_auth"),
        (slack.token, "not_allowed_token_type"),
    ]:
        finding = await found(slack_api_url=slack.url, slack_app_token=wrong)
        assert finding.mark is Mark.FAIL
        assert finding.found.endswith(word)
        assert wrong not in str(finding)


@pytest.mark.parametrize(
    ("secret", "mark", "said"),
    [
        (SlackStandIn.signing_secret, Mark.OK, "come by HTTP"),
        ("hush", Mark.FAIL, "another signing secret"),
    ],
    ids=["its own", "another"],
)
async def test_the_door_is_tried_with_the_secret(
    slack: SlackStandIn, secret: str, mark: Mark, said: str
) -> None:
    """As the running process has it."""
    office = Office(slack, "http")
    async with office.running():
        port = int(office.url.rpartition(":")[2].split("/")[0])
        finding = await found(alerts_port=port, slack_signing_secret=secret)
    assert finding.mark is mark
    assert said in finding.found
    assert secret not in str(finding)


async def test_nobody_at_the_door() -> None:
    """It cannot be known from here: no fault."""
    finding = await found(alerts_port=9, slack_signing_secret="x")
    assert finding.mark is Mark.WARN
    assert "127.0.0.1:9" in finding.found
