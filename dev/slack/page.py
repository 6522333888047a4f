"""The page at `/`: the channels as a person would see them in Slack."""

import html
from datetime import datetime
from pathlib import Path
from string import Template

from alerts.preview.drawing import STYLE, draw, framed
from alerts.preview.markup import mrkdwn
from dev.slack.workspace import Message, Workspace

_TEMPLATE = Path(__file__).with_name("page.html")
_SHOWN = 100
"""Newest messages of a channel on the page."""


def render_page(workspace: Workspace, channel: str | None) -> str:
    """The whole document; with `channel` only that one, else all that have messages."""
    template = Template(_TEMPLATE.read_text("utf-8"))
    content = render_channels(workspace, channel)
    return template.substitute(style=STYLE, content=content)


def render_channels(workspace: Workspace, channel: str | None) -> str:
    """The part of the page that changes."""
    chosen = channel if channel in workspace.channels else None
    shown = [chosen] if chosen else [c for c, m in workspace.messages.items() if m]
    columns = "".join(_column(workspace, name) for name in shown)
    nothing = '<p class="nothing">No messages yet.</p>'
    return (
        f'<nav data-version="{workspace.version}">{_sidebar(workspace, chosen)}</nav>'
        f"<main>{columns or nothing}</main>"
    )


def _sidebar(workspace: Workspace, chosen: str | None) -> str:
    def link(href: str, name: str, count: int, *, here: bool) -> str:
        css = ' class="here"' if here else ""
        number = f"<em>{count}</em>" if count else ""
        return f'<a href="{href}"{css}><span>{name}</span>{number}</a>'

    total = sum(map(len, workspace.messages.values()))
    links = [link("/", "All channels", total, here=chosen is None)]
    for channel, name in workspace.channels.items():
        count = len(workspace.messages[channel])
        href, shown = f"/?channel={channel}", f"# {html.escape(name)}"
        links.append(link(href, shown, count, here=channel == chosen))
    return (
        "<h1>Stand-in Slack</h1>"
        "<p>Not Slack: a local server that keeps Slack's rules.</p>" + "".join(links)
    )


def _column(workspace: Workspace, channel: str) -> str:
    messages = sorted(
        workspace.messages[channel].values(),
        key=lambda each: (each.thread_ts or each.ts, each.ts),
    )
    earlier = len(messages) - _SHOWN
    note = f'<p class="nothing">{earlier} earlier messages</p>' if earlier > 0 else ""
    body = "".join(_message(message) for message in messages[-_SHOWN:])
    if not messages:
        body = '<p class="nothing">No messages yet.</p>'
    name = html.escape(workspace.channels[channel])
    return (
        f'<section id="{html.escape(channel)}"><h2># {name}</h2>'
        f'<div class="messages">{note}{body}</div></section>'
    )


def _message(message: Message) -> str:
    now = datetime.now().astimezone()
    if message.blocks:
        body = draw(message.blocks, now)
    else:
        body = f"<p>{mrkdwn(message.text, now)}</p>"
    if message.edited_at is not None:
        times = f"{len(message.edits)} times, last at {_clock(message.edited_at)}"
        body += f'<small class="edited" title="{times}">(edited)</small>'
    drawn = framed(_clock(message.posted_at), body)
    if message.thread_ts is not None:
        drawn = drawn.replace("<article", '<article class="reply"', 1)
    return drawn


def _clock(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000).astimezone().strftime("%H:%M:%S")
