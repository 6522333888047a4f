"""Slash commands: what is asked, and the answer in words."""

from collections.abc import Sequence

from alerts.inbox.desk import Desk, Waiter
from alerts.slack.mrkdwn import date, escape, name, span

HELP = (
    "`/replyclock waiting [queue]`: who waits for an answer, the most overdue first\n"
    "`/replyclock explain CONVERSATION`: why its clocks stand where they stand"
)
SHOWN = 20
"""So many lines of `waiting`."""
_STORY = 3_800
"""Characters of a story: Slack advises 4,000 a message."""


async def answer_to(words: Sequence[str], desk: Desk, now: int) -> str:
    """The answer, in mrkdwn; `words` begin with `waiting` or `explain`."""
    command, *rest = words
    if command == "waiting":
        queue = rest[0] if rest else None
        return who_waits(await desk.waiting(queue), queue, now)
    if len(rest) != 1:
        return (
            "Which conversation? As an alert names it, at its end:"
            " `/replyclock explain whatsapp:…:…`"
        )
    return story(await desk.explain(rest[0]), rest[0])


def who_waits(waiters: Sequence[Waiter], queue: str | None, now: int) -> str:
    """A line a conversation, as many as fit."""
    where = "" if queue is None else f" in {name(queue)}"
    if not waiters:
        return f"Nobody whose promise is broken or nearly so waits{where}."
    lines = [f"*{len(waiters)} wait{where}*"]
    for each in waiters[:SHOWN]:
        mark = "\N{LARGE RED CIRCLE}" if each.is_broken else "\N{LARGE ORANGE CIRCLE}"
        shown = who = name(each.customer or each.conversation)
        if each.link is not None:
            shown = f"<{escape(each.link).replace('|', '%7C')}|{who}>"
        if each.customer is not None:
            shown += f" ({name(each.conversation)})"  # for `/replyclock explain`
        late = now - each.deadline
        due = f"{span(late)} over" if late > 0 else f"due in {span(-late)}"
        lines.append(
            f"{mark} {name(each.queue)}: {shown}, {due}, since {date(each.since)}"
        )
    if len(waiters) > SHOWN:
        lines.append(f"and {len(waiters) - SHOWN} more")
    return "\n".join(lines)


def story(text: str, conversation: str) -> str:
    """The end of `text`, which is what one asks for, in a fixed width."""
    text = escape(text.strip()).replace("```", "'''")
    if len(text) <= _STORY:
        return f"```{text}```"
    cut = text[-_STORY:].partition("\n")[2]
    command = f"replyclock explain {name(conversation, 512)}"
    return f"The end of it; all: `{command}`\n```{cut}```"
