"""A `read` alone is no reply: nobody saw when its message was sent (ADR 17)."""

import pytest

from tests.bodies import PHONE, SECONDS, TEMPLATE, Body, asked, echo, status
from tests.channels.test_one_person import orders, stands, told

READ = status("read", timestamp=str(SECONDS + 90))
PLAYED = status("played", timestamp=str(SECONDS + 95))
SENT = status("sent")
DELIVERED = status("delivered", timestamp=str(SECONDS + 70))
ECHO = echo(id="wamid.A1", timestamp=str(SECONDS + 60), type="text", to=PHONE)
BEFORE = status("sent", timestamp=str(SECONDS - 60))
FAILED = status("failed", timestamp=str(SECONDS + 100))
BREACHED = [("first_reply", "breached", 300_000)]


def met(seconds: int) -> list[tuple[str, str, int]]:
    return [("first_reply", "met", seconds * 1000)]


@pytest.mark.parametrize(
    ("statuses", "stood"),
    [
        pytest.param([READ, PLAYED], BREACHED, id="sent before we watched"),
        pytest.param([BEFORE, READ], BREACHED, id="sent before the question"),
        pytest.param([SENT, READ, PLAYED], met(60), id="sent"),
        pytest.param([DELIVERED, READ], met(70), id="delivered, sent got lost"),
        pytest.param([ECHO, READ], met(60), id="typed in the app"),
        pytest.param([SENT, READ, FAILED], met(60), id="read beats failed"),
        pytest.param(
            [SENT, status("read", pricing=TEMPLATE)], BREACHED, id="a template"
        ),
    ],
)
def test_in_every_order_of_arrival(
    statuses: list[Body], stood: list[tuple[str, str, int]]
) -> None:
    """The reply is when it was sent; where nobody saw that, there is none."""
    for order in orders([asked(), *statuses]):
        assert stands(told(order)) == stood
