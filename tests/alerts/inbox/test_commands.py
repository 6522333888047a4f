"""Slash commands, by either way, and what they say."""

import asyncio
from typing import cast

import pytest

from alerts.inbox.commands import SHOWN, answer_to, story, who_waits
from alerts.inbox.desk import Desk, Waiter
from stream.sla.instants import MINUTE
from tests.alerts.inbox.conftest import Office

NOW = 1_795_775_147_000


def waiter(
    number: int, *, late: int = 5, link: str | None = None, customer: str | None = None
) -> Waiter:
    return Waiter(
        queue="sales",
        since=NOW - 60 * MINUTE,
        deadline=NOW - late * MINUTE,
        conversation=f"whatsapp:1:{number}",
        is_broken=late > 0,
        customer=customer,
        link=link,
    )


@pytest.mark.broker
@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("waiting", None),
        ("waiting sales", "sales"),
        ("explain whatsapp:1:a", "whatsapp:1:a"),
    ],
)
async def test_the_answer_is_private(
    office: Office, words: str, asked: str | None
) -> None:
    """To whoever asks, after an acknowledgement that says nothing."""
    async with office.running():
        delivery = await asyncio.to_thread(office.slack.command, f"/replyclock {words}")
        assert (delivery["answers"], delivery["body"]) == (["200"], {})
        [(who, said)] = await office.told()

    assert who == "U0ANA"
    assert office.desk.asked == [asked]
    expected = "Nobody" if words.startswith("waiting") else "```Conversation whatsapp"
    assert said.startswith(expected)


@pytest.mark.broker
async def test_what_is_not_known_is_answered_with_what_there_is(office: Office) -> None:
    """In the acknowledgement itself."""
    async with office.running():
        for words in ("", " dance"):
            command = f"/replyclock{words}"
            await asyncio.to_thread(office.slack.command, command)
        told = await office.told(2)

    assert all("`/replyclock waiting [queue]`" in said for _, said in told)
    assert office.desk.asked == []


def test_a_waiter_has_a_name_and_what_explain_wants() -> None:
    """The link is on the name."""
    known = waiter(1, link="https://d.example/1", customer="Ana <3 …2222")
    [_, line] = who_waits([known], None, NOW).split("\n")
    assert "<https://d.example/1|Ana &lt;3 …2222> (whatsapp:1:1), 5 min over" in line


def test_each_waiter_is_a_line() -> None:
    """With its link, red when the promise is broken, and no more than fit."""
    linked = waiter(1, link="https://d.example/1?a|b")
    said = who_waits([linked, waiter(2, late=-3)], None, NOW)
    head, first, second = said.split("\n")
    assert head == "*2 wait*"
    assert "<https://d.example/1?a%7Cb|whatsapp:1:1>, 5 min over, since" in first
    assert first.startswith("\N{LARGE RED CIRCLE} sales")
    assert second.startswith("\N{LARGE ORANGE CIRCLE} sales")
    assert "due in 3 min" in second
    many = who_waits([waiter(n) for n in range(SHOWN + 2)], "sales", NOW)
    assert many.startswith(f"*{SHOWN + 2} wait in sales*")
    assert many.endswith("and 2 more")
    assert many.count("\n") == SHOWN + 1


def test_a_long_story_is_told_from_its_end() -> None:
    """Whole lines, within what Slack shows well, and where all of it is."""
    text = "\n".join(f"line {n} of the story" for n in range(400))
    said = story(text, "whatsapp:1:a")
    assert said.startswith(
        "The end of it; all: `replyclock explain whatsapp:1:a`\n```line"
    )
    assert said.endswith("line 399 of the story```")
    assert len(said) < 4000


@pytest.mark.parametrize("asked", ["", "+36 30 123 4567"])
def test_explain_says_what_it_wants(asked: str) -> None:
    """One word; a phone number is several, and none of them is a conversation."""
    nobody = cast("Desk", None)
    said = asyncio.run(answer_to(["explain", *asked.split()], nobody, NOW))
    assert "As an alert names it" in said
    assert "`/replyclock explain whatsapp:…:…`" in said
