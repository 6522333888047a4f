"""A deliverer that knows storms: more than three breaches within a minute."""

from dataclasses import replace
from typing import Any

import pytest

from alerts.delivery import wall_ms
from alerts.ledger import Ledger
from dev.slack.client import SlackStandIn
from stream.sla.facts import Fact
from stream.sla.instants import MINUTE
from tests.alerts.conftest import SLOW, Delivering, config_of
from tests.alerts.cycles import Cycle

STORM = {"threshold": 3, "window": "60s"}
QUICK = {"pace": replace(SLOW, list_edit=300)}
"""Slack's own pace; only the ten seconds between two edits of a list are shorter."""


class Storming(Delivering):
    """With a clock that may be put forward."""

    def __init__(self, ledger: Ledger, slack: SlackStandIn) -> None:
        super().__init__(ledger, slack)
        self.ahead = 0
        """Milliseconds."""
        self.now = lambda: wall_ms() + self.ahead

    def broken(
        self, count: int, queue: str = "sales", late: float = 0, name: str = "c"
    ) -> tuple[list[Cycle], list[Fact]]:
        """So many cycles whose deadlines passed `late` minutes ago."""
        start = self.now() - round((30 + late) * MINUTE) - 1000
        cycles = [
            Cycle(
                f"{name}{n}", start + n, queue=queue, link=f"https://desk.example/{n}"
            )
            for n in range(count)
        ]
        return cycles, [cycle.breached(0.5) for cycle in cycles]

    async def listed(self, channel: str = "C0SALES") -> list[dict[str, Any]]:
        """The list messages of a channel."""
        return [m for m in await self.messages(channel) if is_list(m)]

    async def texts(self, channel: str = "C0SALES") -> list[str]:
        """All that the list messages of a channel say."""
        return [words_of(message) for message in await self.listed(channel)]


def is_list(message: dict[str, Any]) -> bool:
    return str(message["metadata"]["event_payload"]["key"]).startswith("storm:")


def words_of(message: dict[str, Any]) -> str:
    said = [b["text"]["text"] for b in message["blocks"] if "text" in b]
    return "\n".join(said)


@pytest.fixture
def storming(ledger: Ledger, slack: SlackStandIn) -> Storming:
    made = Storming(ledger, slack)
    made.config = config_of(storm=STORM)
    return made
