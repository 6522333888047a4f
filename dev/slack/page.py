"""The page at `/`: the channels as a person would see them in Slack."""

import html
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Any

from dev.slack.mrkdwn import mrkdwn, plain
from dev.slack.workspace import Message, Workspace

_TEMPLATE = Path(__file__).with_name("page.html")
_SHOWN = 100
"""Newest messages of a channel on the page."""


def render_page(workspace: Workspace, channel: str | None) -> str:
    """The whole document; with `channel` only that one, else all that have messages."""
    template = Template(_TEMPLATE.read_text("utf-8"))
    return template.substitute(content=render_channels(workspace, channel))


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
    if message.blocks:
        body = "".join(_block(block) for block in message.blocks)
    else:
        body = f"<p>{mrkdwn(message.text)}</p>"
    reply = ' class="reply"' if message.thread_ts is not None else ""
    edited = ""
    if message.edited_at is not None:
        times = f"{len(message.edits)} times, last at {_clock(message.edited_at)}"
        edited = f'<small class="edited" title="{times}">(edited)</small>'
    return (
        f'<article{reply}><span class="avatar"><i></i></span><div class="body">'
        '<p class="who"><b>ReplyClock</b><small class="app">APP</small>'
        f"<time>{_clock(message.posted_at)}</time></p>{body}{edited}</div></article>"
    )


def _block(block: Mapping[str, Any]) -> str:
    match block["type"]:
        case "header":
            return f"<h3>{_text(block['text'])}</h3>"
        case "section":
            return _section(block)
        case "context":
            parts = "".join(f"<span>{_text(part)}</span>" for part in block["elements"])
            return f'<div class="context">{parts}</div>'
        case "actions":
            buttons = "".join(_button(element) for element in block["elements"])
            return f'<div class="actions">{buttons}</div>'
        case "markdown":
            return f"<p>{plain(block['text'])}</p>"
        case _:
            return "<hr>"


def _section(block: Mapping[str, Any]) -> str:
    text = f"<p>{_text(block['text'])}</p>" if "text" in block else ""
    fields = "".join(f"<p>{_text(part)}</p>" for part in block.get("fields", ()))
    grid = f'<div class="fields">{fields}</div>' if fields else ""
    accessory = _button(block["accessory"]) if "accessory" in block else ""
    return f'<div class="section"><div>{text}{grid}</div>{accessory}</div>'


def _button(element: Mapping[str, Any]) -> str:
    style = html.escape(str(element.get("style", "")))
    href = html.escape(str(element.get("url", "#")))
    return f'<a class="button {style}" href="{href}">{_text(element["text"])}</a>'


def _text(part: Mapping[str, Any]) -> str:
    if part["type"] == "image":
        return html.escape(str(part["alt_text"]))
    return mrkdwn(part["text"]) if part["type"] == "mrkdwn" else plain(part["text"])


def _clock(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000).astimezone().strftime("%H:%M:%S")
