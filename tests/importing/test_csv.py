"""`replyclock import csv`: rows as events, what is refused, and what is said of it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from stream.channels.pseudonym import pseudonym
from stream.cli import main
from tests.importing.said import events, turns

HEADER = "Ticket ID;Created;From;Text\n"
ASKED = '1;27/11/2024 09:00;End user;"Hi; I am ""Anna"""\n'
ANSWERED = "1;27/11/2024 09:05;Agent;Hello Anna\n"
MAPPED = (
    "--columns=conversation_id=Ticket ID,occurred_at=created,author=From",
    "--customer-is=End user",
    "--agent-is=agent",
    "--timezone=Europe/Budapest",
)
STORY = [("00:00", "customer", "plain"), ("05:00", "agent", "plain")]
OURS = "occurred_at,conversation_id,author,message_id\n"
NOBODY = (
    "author: neither --customer-is nor --agent-is nor --bot-is says who that is "
    "(--others-are: everybody else)"
)
ONE = "2024-11-27T08:00:00Z,1,customer,m1\n"


def faults(result) -> list[str]:
    """Lines of the file that are named, with what is wrong with them."""
    lines = result.stderr.splitlines()
    told = [line.partition("history-0:")[2] for line in lines if "history-0:" in line]
    return [line for line in told if not line.startswith(" ")]


def test_rows_become_events_in_order_of_time(imported):
    """The header shows the delimiter; capitals do not matter; exit 0."""
    result = imported("csv", [HEADER + ANSWERED + ASKED], *MAPPED)

    assert result.exit_code == 0
    assert turns(result) == STORY
    assert {event["conversation_id"] for event in events(result)} == {"1"}
    assert "2 rows; columns not used: Text" in result.stderr
    assert "2 events in 1 conversations" in result.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_excel_saves_is_read(imported, encoding):
    """With the marks it writes and its line ends."""
    text = (HEADER + ASKED + ANSWERED).replace("\n", "\r\n")

    assert turns(imported("csv", [text.encode(encoding)], *MAPPED)) == STORY


def test_columns_with_a_field_s_name_need_no_word(imported):
    """And `--set` says what no column does."""
    result = imported("csv", [OURS + ONE], "--set", "channel=email,account=shop")

    assert events(result) == [
        {
            "kind": "message",
            "v": 1,
            "event_id": events(result)[0]["event_id"],
            "occurred_at": "2024-11-27T08:00:00.000Z",
            "conversation_id": "1",
            "channel": "email",
            "account": "shop",
            "message_id": "m1",
            "direction": "inbound",
            "author": {"kind": "customer"},
        }
    ]


def test_a_file_without_a_header_has_numbers_for_columns(imported):
    """And then its first row is a row."""
    columns = "--columns=conversation_id=1,occurred_at=2,author=3"
    result = imported("csv", [ASKED + ANSWERED], columns, *MAPPED[1:])

    assert turns(result) == STORY
    assert "2 rows; columns not used: 4" in result.stderr


def test_a_row_is_what_it_says(imported):
    """Without `kind`: a message, a status, an assignment, attributes, or nothing."""
    text = (
        "occurred_at,conversation_id,direction,status,assignee,queue,tier,tags\n"
        "2024-11-27T08:00:00Z,1,incoming,,,,,a;b\n"
        "2024-11-27T08:01:00Z,1,,,,billing,,\n"
        "2024-11-27T08:02:00Z,1,,,,null,,\n"
        "2024-11-27T08:03:00Z,1,,,,,gold,\n"
        "2024-11-27T08:04:00Z,1,outgoing,Solved,,,,\n"
        "2024-11-27T08:05:00Z,1,,Solved,,,,\n"
        "2024-11-27T08:06:00Z,1,,,,,,\n"
    )
    result = imported("csv", [text], "--status-is", "resolved=solved")

    assert turns(result) == [
        ("00:00", "attributes", "a", "b", ""),
        ("00:00", "customer", "plain"),
        ("01:00", "assignment", "billing"),
        ("02:00", "assignment", None),
        ("03:00", "attributes", ""),
        ("04:00", "unknown", "plain"),
        ("05:00", "status", "resolved"),
    ]
    assert faults(result) == [
        "8: nothing happens: no author, direction, status, assignee or tier"
    ]
    assert "left out: 1: status beside a message" in result.stderr
    assert "not known: whether an agent or a bot wrote 1 messages" in result.stderr


def test_a_row_may_be_a_whole_ticket(imported):
    """Asked, answered and resolved if it was; its tags once, no status of now."""
    text = (
        "Id,Created,First reply,Solved,status,tags,kind,event_id\n"
        "1,2024-11-27 08:00,2024-11-27 08:05,2024-11-27 08:09,Closed,a,incident,1\n"
        "2,2024-11-27 08:10,,,Open,,,2\n"
        "3,2024-11-27 08:11,soon,,Open,,,3\n"
    )
    columns = "conversation_id=Id,occurred_at=Created,replied_at=First reply"
    result = imported(
        "csv", [text], "--columns", columns, "--columns=resolved_at=Solved",
        "--timezone=UTC",
    )  # fmt: skip

    assert turns(result) == [
        ("00:00", "attributes", "a", ""),
        ("00:00", "customer", "plain"),
        ("05:00", "agent", "plain"),
        ("09:00", "status", "resolved"),
        ("10:00", "customer", "plain"),
    ]
    assert len({event["event_id"] for event in events(result)}) == 5
    assert [fault[:14] for fault in faults(result)] == ["4: replied_at:"]


def test_a_customer_is_whom_the_intake_will_know(imported, monkeypatch):
    """A pseudonym of the number, as a webhook's; the conversation is the intake's."""
    monkeypatch.setenv("REPLYCLOCK_ID_SECRET", "secret")
    text = (
        "occurred_at,customer,author\n2024-11-27T08:00:00Z,+36 30 123 4567,customer\n"
    )
    where = ("--set", "channel=whatsapp,account=1065")
    [event] = events(imported("csv", [text], *where))
    known = pseudonym(b"secret", "whatsapp", "1065", "36301234567")

    assert event["customer"] == known
    assert event["conversation_id"] == f"whatsapp:1065:{known}"
    assert (
        events(imported("csv", [text.replace("+36 30 123 4567", known)], *where))[0][
            "customer"
        ]
        == known
    )


@pytest.mark.parametrize(
    ("channel", "id_"),
    [
        ("email", "Anna <anna@example.com>"),
        ("other", "chat with +36 30 123 4567"),
        ("whatsapp", "36301234567"),
        ("sms", "36301234567"),
    ],
)
def test_nobody_s_address_and_no_words_come_out(imported, channel, id_):
    """Not as the id of a conversation or message, nor in what is said of a fault."""
    text = (
        "occurred_at,conversation_id,message_id,author,text\n"
        f"2024-11-27T08:00:00Z,{id_},{id_},customer,words of Anna\n"
        f"yesterday {id_},{id_},,customer,words of Anna\n"
        f"2024-11-27T08:00:00Z,{id_},,{id_},words of Anna\n"
    )
    result = imported("csv", [text], "--set", f"channel={channel}")

    assert len(events(result)) == 1
    assert len(faults(result)) == 2
    for word in ("Anna", "anna", "6301234", "words", "30 123"):
        assert word not in result.stdout + result.stderr


def test_a_ticket_s_number_is_no_phone_number(imported):
    """Where conversations have numbers of their own, these stay."""
    text = OURS + ONE.replace(",1,", ",36301234567,")

    assert events(imported("csv", [text]))[0]["conversation_id"] == "36301234567"


def test_the_same_file_gives_the_same_bytes_however_it_is_shuffled(imported):
    """Rows, columns, and --columns; rows that say the same are one event."""
    once = imported("csv", [HEADER + ASKED + ANSWERED], *MAPPED).stdout
    columns = (
        "From;Created;Ticket ID\n"
        "Agent;27/11/2024 09:05;1\n"
        "End user;27/11/2024 09:00;1\n"
    )
    more = ANSWERED + ASKED.replace("1;", "2;", 1) + ASKED + ANSWERED

    assert imported("csv", [HEADER + ANSWERED + ASKED], *MAPPED).stdout == once
    said = "--columns=author=From,occurred_at=created,conversation_id=Ticket ID"
    assert imported("csv", [columns], said, *MAPPED[1:]).stdout == once
    longer = imported("csv", [HEADER + more], *MAPPED)
    assert {*once.splitlines()} < {*longer.stdout.splitlines()}
    assert len(events(longer)) == 3
    assert "1 of them were said again" in longer.stderr


def test_what_is_damaged_costs_its_row_only(imported):
    """Too few and too many cells, quotes, NUL, bytes of another encoding, no time."""
    text = OURS.encode() + b"".join(
        [
            b"2024-11-27T08:00:00Z,1,customer\n",
            b"2024-11-27T08:00:00Z,1,customer,m,more\n",
            b'2024-11-27T08:00:00Z,1,"customer"x,m\n',
            b"2024-11-27T08:00:00Z,1\0,customer,m\n",
            b"2024-11-27T08:00:00Z,\xe1rv\xedz,customer,m\n",
            b"1969-12-31T23:59:59Z,1,customer,m\n",
            b"2024-11-27T08:00:00Z,1,nobody,m\n",
            b"\n",
            ONE.encode(),
            b'2024-11-27T08:00:00Z,1,customer,"m\n2024-11-27T08:00:00Z,1\n',
        ]
    )
    result = imported("csv", [text])

    assert result.exit_code == 1
    assert len(events(result)) == 1
    assert faults(result) == [
        "2: 3 cells under 4 columns",
        "3: 5 cells under 4 columns",
        "4: no row: ',' expected after '\"'",
        "5: conversation_id holds what is no text: is --encoding right?",
        "6: conversation_id holds what is no text: is --encoding right?",
        "7: occurred_at: no time from 1970 to 2199",
        f"8: {NOBODY}",
        "11: a quote that is never closed: 1 lines after it are lost",
    ]


def test_what_is_in_columns_that_are_not_used_does_not_matter(imported):
    """Ten million characters, NUL, and bytes of another encoding."""
    text = b"".join(
        [
            HEADER.encode(),
            ASKED.encode()[:-1],
            b"\n",
            b"1;27/11/2024 09:05;Agent;",
            b"x" * 10_000_000,
            b"\0\xe1\n",
        ]
    )

    assert turns(imported("csv", [text], *MAPPED)) == STORY


def test_another_encoding_is_read_when_it_is_said(imported):
    """As spreadsheets save in half of Europe."""
    text = (OURS + ONE.replace(",1,", ",árvíztűrő,")).encode("cp1250")

    [event] = events(imported("csv", [text], "--encoding", "cp1250"))
    assert event["conversation_id"] == "árvíztűrő"


def test_twenty_faults_are_named_and_all_are_counted(imported):
    """As `replay` does."""
    result = imported("csv", [OURS + "x,1,customer,m\n" * 30])

    assert len(faults(result)) == 20
    assert "... 30 faults" in result.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "1: the file is empty"),
        (b"\n\n", "1: there is nothing in it"),
        (b"PK\x03\x04...", "1: a workbook or archive, no CSV"),
        (b"\x1f\x8b...", "1: compressed"),
        ("occurred_at".encode("utf-16-le"), "1: UTF-16 without its mark"),
        (b"occurred_at,author\n", "1: no column is conversation_id"),
        (b"conversation_id,author\n", "1: no column is occurred_at"),
        (b"occurred_at,author,conversation_id,author\n", "1: there are two columns"),
        (b'"occurred_at', "1: a quote that is never closed"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_says_why(imported, content, said):
    """One line, exit 1, no events."""
    result = imported("csv", [content])

    assert result.exit_code == 1
    assert result.stdout == ""
    assert [fault[: len(said)] for fault in faults(result)] == [said]


def test_a_header_alone_is_no_fault(imported):
    """There is just nothing."""
    result = imported("csv", [OURS])

    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 events in 0 conversations" in result.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--columns", "occured_at=Created"], "did you mean 'occurred_at'?"),
        (["--columns", "Created=occurred_at"], "occurred_at=Created"),
        (["--columns", "Created"], "write FIELD=COLUMN"),
        (["--columns", "author=a,author=b"], "'author' is said twice"),
        (["--status-is", "done=Solved"], "resolved"),
        (["--timezone", "Budapest"], "did you mean 'Europe/Budapest'?"),
        (["--encoding", "latin-9000"], "write utf-8"),
        (["--delimiter", ";;"], "one character"),
        (["--to", "nowhere/history.jsonl"], "there is no folder nowhere"),
        (["--others-are", "persons"], "'customer', 'agent'"),
    ],
)
def test_a_wrong_option_is_said_before_anything_is_read(imported, options, said):
    """With what may be meant; exit 2."""
    result = imported("csv", [OURS + ONE], *options)

    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_column_that_is_not_there_is_said_with_what_may_be_meant(imported):
    """Or with the columns that there are."""
    wrong = imported("csv", [HEADER], "--columns=occurred_at=Createt")
    other = imported("csv", [HEADER], "--columns=occurred_at=When,conversation_id=From")

    assert faults(wrong) == ["1: no column 'Createt': did you mean 'Created'?"]
    assert "there are Created, From, Text, Ticket ID" in faults(other)[0]


def test_events_go_into_a_file_that_is_not_the_one_that_is_read(tmp_path: Path):
    """`--to`; the history itself is never written over."""
    history, to = tmp_path / "a.csv", tmp_path / "a.jsonl"
    history.write_text(OURS + ONE)
    good = CliRunner().invoke(main, ["import", "csv", str(history), "--to", str(to)])
    bad = CliRunner().invoke(
        main, ["import", "csv", str(history), "--to", str(history)]
    )

    assert (good.exit_code, good.stdout, bad.exit_code) == (0, "", 2)
    assert to.read_text().count("\n") == 1
    assert history.read_text() == OURS + ONE


def test_a_format_that_is_nearly_one_is_named():
    """As every command is."""
    said = CliRunner().invoke(main, ["import", "zendsk", "x"]).stderr

    assert "did you mean 'zendesk'?" in said
