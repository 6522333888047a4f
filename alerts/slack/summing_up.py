"""A summary as a Slack message: what broke and is over (semantics 3.5)."""

from alerts.slack.blocks import Message
from alerts.slack.mrkdwn import date, name, span
from alerts.slack.wording import words_of
from alerts.summary import Summary

MOST = 10
"""Lines of queues; the rest is counted."""


def summing_up(summary: Summary) -> Message:
    """One message: how many, of whom, between when, the longest."""
    total = summary.total
    promises = "promise was" if total == 1 else "promises were"
    title = f"{total} {promises} broken and noticed late; nobody waits any more"
    ordered = sorted(summary.counts.items(), key=lambda item: (-item[1], item[0]))
    lines = [
        f"\N{BULLET} *{name(queue)}*: {count} x {words_of(measure).measure}"
        for (queue, measure), count in ordered[:MOST]
    ]
    if len(ordered) > MOST:
        rest = sum(count for _, count in ordered[MOST:])
        lines.append(f"\N{BULLET} and {rest} more")
    between = f"Deadlines {date(summary.first)} to {date(summary.last, summary.first)}"
    lines.append(f"{between}, the longest {span(summary.longest)} late. Nothing to do.")
    text = "\n".join(lines)
    header = f"\N{MEDIUM WHITE CIRCLE} {title}"
    return Message(
        text=header,
        blocks=[
            {"type": "header", "text": {"type": "plain_text", "text": header}},
            {"type": "section", "text": {"type": "mrkdwn", "text": text}},
        ],
    )
