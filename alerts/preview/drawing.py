"""Drawing: a message's blocks as HTML, as Slack would show them. Pure."""

import html
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from alerts.preview.markup import mrkdwn, plain

STYLE = Path(__file__).with_name("drawing.css").read_text("utf-8")
"""Of what is drawn here; light or dark, as the page's `color-scheme` says."""


def framed(time: str, content: str) -> str:
    """A message of ours: who says it and when, above `content` (HTML)."""
    return (
        '<article><span class="avatar"><i></i></span><div class="body">'
        '<p class="who"><b>ReplyClock</b><small class="app">APP</small>'
        f"<time>{html.escape(time)}</time></p>{content}</div></article>"
    )


def draw(blocks: Iterable[Mapping[str, Any]], now: datetime) -> str:
    """What the blocks say, to who reads it at `now`, in its zone."""
    return "".join(_block(block, now) for block in blocks)


def _block(block: Mapping[str, Any], now: datetime) -> str:  # noqa: PLR0911  a kind each
    match block["type"]:
        case "header":
            return f"<h3>{_text(block['text'], now)}</h3>"
        case "section":
            return _section(block, now)
        case "context":
            elements = block["elements"]
            parts = "".join(f"<span>{_text(part, now)}</span>" for part in elements)
            return f'<div class="context">{parts}</div>'
        case "actions":
            drawn = "".join(_element(element, now) for element in block["elements"])
            return f'<div class="actions"{_data(block, "block_id")}>{drawn}</div>'
        case "input":
            label = _text(block["label"], now)
            drawn = _element(block["element"], now)
            return f"<label{_data(block, 'block_id')}><b>{label}</b>{drawn}</label>"
        case "markdown":
            return f"<p>{plain(block['text'])}</p>"
        case _:
            return "<hr>"


def _section(block: Mapping[str, Any], now: datetime) -> str:
    text = f"<p>{_text(block['text'], now)}</p>" if "text" in block else ""
    fields = "".join(f"<p>{_text(part, now)}</p>" for part in block.get("fields", ()))
    grid = f'<div class="fields">{fields}</div>' if fields else ""
    accessory = _element(block["accessory"], now) if "accessory" in block else ""
    return f'<div class="section"><div>{text}{grid}</div>{accessory}</div>'


def _element(element: Mapping[str, Any], now: datetime) -> str:
    """What can be pressed, chosen or typed; its names are there for a page's script."""
    data = _data(element, "action_id")
    match element["type"]:
        case "button":
            return _button(element, data, now)
        case "static_select" | "overflow":
            head = element.get("placeholder", {"type": "plain_text", "text": "..."})
            first = element.get("initial_option", {}).get("value")
            options = "".join(
                f'<option value="{html.escape(each["value"])}"'
                f"{' selected' if each['value'] == first else ''}>"
                f"{html.escape(each['text']['text'])}</option>"
                for each in element["options"]
            )
            shown = "" if first else f'<option value="">{_text(head, now)}</option>'
            return f'<select class="button"{data}>{shown}{options}</select>'
        case "timepicker":
            time = html.escape(element.get("initial_time", ""))
            return f'<input type="time" class="button" value="{time}"{data}>'
        case _:
            return f'<input class="button"{data}>'


def _button(element: Mapping[str, Any], data: str, now: datetime) -> str:
    style = html.escape(str(element.get("style", "")))
    text = _text(element["text"], now)
    if "url" not in element:
        return f'<button class="button {style}"{data}>{text}</button>'
    href = html.escape(str(element["url"]))
    return f'<a class="button {style}" href="{href}"{data}>{text}</a>'


def _data(part: Mapping[str, Any], name: str) -> str:
    if name not in part:
        return ""
    attribute = name.removesuffix("_id")
    return f' data-{attribute}="{html.escape(str(part[name]))}"'


def _text(part: Mapping[str, Any], now: datetime) -> str:
    if part["type"] == "image":
        return html.escape(str(part["alt_text"]))
    return (
        mrkdwn(part["text"], now) if part["type"] == "mrkdwn" else plain(part["text"])
    )
