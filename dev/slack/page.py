"""The page at `/`: the channels as a person would see them in Slack."""

import html
from datetime import datetime
from pathlib import Path
from string import Template

from alerts.preview.drawing import STYLE, draw, framed
from alerts.preview.markup import mrkdwn
from dev.slack.people import USERS
from dev.slack.views import View
from dev.slack.workspace import Message, Whisper, Workspace

_TEMPLATE = Path(__file__).with_name("page.html")
_SHOWN = 100
"""Newest messages of a channel on the page."""


def render_page(
    workspace: Workspace, channel: str | None, view: View | None = None
) -> str:
    """The whole document; `channel`: only that one, or those (`C0A,C0B`).

    Else all that have messages.

    `view`: what the first person of the workspace has before them.
    """
    template = Template(_TEMPLATE.read_text("utf-8"))
    content = render_channels(workspace, channel, next(iter(USERS)), view)
    people = "".join(
        f'<option value="{who}">{html.escape(name)}</option>'
        for who, name in USERS.items()
    )
    return template.substitute(style=STYLE, content=content, people=people)


def render_channels(
    workspace: Workspace,
    channel: str | None,
    who: str | None = None,
    view: View | None = None,
) -> str:
    """The part of the page that changes, as `who` sees it; `view` is their modal."""
    chosen = channel if channel in workspace.channels else None
    asked = [c for c in (channel or "").split(",") if c in workspace.channels]
    shown = asked or [c for c, m in workspace.messages.items() if m]
    columns = "".join(_column(workspace, name, who) for name in shown)
    nothing = '<p class="nothing">No messages yet.</p>'
    return (
        f'<nav data-version="{workspace.version}">{_sidebar(workspace, chosen)}</nav>'
        f"<main>{columns or nothing}</main>" + (_modal(view) if view else "")
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


def _column(workspace: Workspace, channel: str, who: str | None) -> str:
    messages = sorted(
        workspace.messages[channel].values(),
        key=lambda each: (each.thread_ts or each.ts, each.ts),
    )
    earlier = len(messages) - _SHOWN
    note = f'<p class="nothing">{earlier} earlier messages</p>' if earlier > 0 else ""
    body = "".join(_message(message) for message in messages[-_SHOWN:])
    body += "".join(
        _whisper(each)
        for each in workspace.whispers
        if (each.channel, each.user) == (channel, who)
    )
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
    css = "" if message.thread_ts is None else ' class="reply"'
    return drawn.replace("<article", f'<article{css} data-ts="{message.ts}"', 1)


def _whisper(whisper: Whisper) -> str:
    now = datetime.now().astimezone()
    body = f"<small>Only visible to you</small><p>{mrkdwn(whisper.text, now)}</p>"
    drawn = framed(_clock(round(float(whisper.ts) * 1000)), body)
    return drawn.replace("<article", '<article class="whisper"', 1)


def _modal(view: View) -> str:
    """Drawn anew when it is another one, or has errors: typed words stay meanwhile."""
    content, now = view.content, datetime.now().astimezone()
    drawn = draw(content["blocks"], now)
    errors = "".join(f"<p>{html.escape(said)}</p>" for said in view.errors.values())
    submit = content.get("submit")
    button = f"<button>{html.escape(submit['text'])}</button>" if submit else ""
    return (
        f'<dialog open data-view="{view.id}{len(errors)}"><form>'
        f"<h3>{html.escape(content['title']['text'])}</h3>{drawn}"
        f'<div class="errors">{errors}</div>'
        f'<button type="button" class="close">Close</button>{button}</form></dialog>'
    )


def _clock(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000).astimezone().strftime("%H:%M:%S")
