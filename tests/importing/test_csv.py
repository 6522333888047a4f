"""`replyclock import csv`: rows as events, what is refused, and what is said of it."""

from tests.importing.said import events

HEADER = "Ticket ID;Created;From;Text\n"
ASKED = '1;27/11/2024 09:00;End user;"Hi; I am ""Anna"""\n'
ANSWERED = "1;27/11/2024 09:05;Agent;Hello Anna\n"
MAPPED = (
    "--columns=conversation_id=Ticket ID,occurred_at=created,author=From",
    "--customer-is=End user",
    "--agent-is=agent",
    "--timezone=Europe/Budapest",
)


def test_rows_become_events_in_order_of_time(imported):
    """The header shows the delimiter; capitals do not matter; exit 0."""
    result = imported("csv", [HEADER + ANSWERED + ASKED], *MAPPED)

    assert result.exit_code == 0
    assert [
        (e["occurred_at"], e["conversation_id"], e["direction"], e["author"])
        for e in events(result)
    ] == [
        ("2024-11-27T08:00:00.000Z", "1", "inbound", {"kind": "customer"}),
        ("2024-11-27T08:05:00.000Z", "1", "outbound", {"kind": "agent"}),
    ]
    assert "not used: Text" in result.stderr
    assert "2 events in 1 conversations" in result.stderr
