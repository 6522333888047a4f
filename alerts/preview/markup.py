"""Markup: Slack's mrkdwn as HTML. Pure; everything unknown comes out as text."""

import html
import re
from datetime import date, datetime

_TOKEN = re.compile(r"<([^<>]+)>")
_CODE = re.compile(r"```(.+?)```|`([^`\n]+)`", re.DOTALL)
_STYLES = [
    (re.compile(rf"(?<![\w{mark}]){mark}(?=\S)(.+?)(?<=\S){mark}(?![\w{mark}])"), tag)
    for mark, tag in ((r"\*", "b"), ("_", "i"), ("~", "s"))
]
_CIRCLES = {
    "\N{LARGE RED CIRCLE}": "#e01e5a",
    "\N{LARGE ORANGE CIRCLE}": "#f2952f",
    "\N{LARGE YELLOW CIRCLE}": "#ecb22e",
    "\N{LARGE GREEN CIRCLE}": "#2eb67d",
    "\N{LARGE BLUE CIRCLE}": "#36a5f0",
    "\N{MEDIUM WHITE CIRCLE}": "#d1d2d3",
}
"""Drawn here: many machines have no font with emoji."""
_DATE_FORMATS = {
    "date_num": "%Y-%m-%d",
    "date": "%B %d, %Y",
    "date_pretty": "%B %d, %Y",
    "date_short": "%b %d, %Y",
    "date_short_pretty": "%b %d, %Y",
    "date_long": "%A, %B %d, %Y",
    "date_long_pretty": "%A, %B %d, %Y",
    "time": "%H:%M",
    "time_secs": "%H:%M:%S",
}


def plain(text: str) -> str:
    """Plain text as HTML: escaped, lines kept, circles drawn."""
    return _circles(html.escape(html.unescape(text)).replace("\n", "<br>"))


def mrkdwn(text: str, now: datetime) -> str:
    """Slack's mrkdwn as HTML; dates as who reads it at `now` sees them, in its zone."""
    parts: list[str] = []
    end = 0
    for code in _CODE.finditer(text):
        parts.append(_prose(text[end : code.start()], now))
        block, inline = code.groups()
        tag, inside = ("pre", block) if block is not None else ("code", inline)
        parts.append(f"<{tag}>{html.escape(html.unescape(inside))}</{tag}>")
        end = code.end()
    parts.append(_prose(text[end:], now))
    return "".join(parts)


def _prose(text: str, now: datetime) -> str:
    # Tokens are set aside, so that an asterisk in an address is no bold type.
    tokens: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        tokens.append(_token(match[1], now))
        return f"\x00{len(tokens) - 1}\x00"

    out = plain(_TOKEN.sub(set_aside, text))
    for pattern, tag in _STYLES:
        out = pattern.sub(rf"<{tag}>\1</{tag}>", out)
    return re.sub(r"\x00(\d+)\x00", lambda match: tokens[int(match[1])], out)


def _token(inside: str, now: datetime) -> str:
    """What stands between < and >: a link, a mention or a date."""
    target, _, label = inside.partition("|")
    if target.startswith("!date^"):
        shown = _date(target.split("^"), now) or label
        return f"<time>{html.escape(shown)}</time>"
    if target.startswith(("http://", "https://", "mailto:")):
        href = html.escape(html.unescape(target))
        return f'<a href="{href}">{html.escape(html.unescape(label or target))}</a>'
    if target[:1] in ("!", "@", "#"):
        name = label or target[1:].split("^")[-1]
        mark = "#" if target[0] == "#" else "@"
        return f'<span class="mention">{mark}{html.escape(name.lstrip("@#"))}</span>'
    return html.escape(f"<{inside}>")


def _date(parts: list[str], now: datetime) -> str | None:
    try:
        _, seconds, pattern = parts[:3]
        moment = datetime.fromtimestamp(int(seconds), now.tzinfo)
    except (ValueError, OverflowError, OSError):
        return None
    near = _near(moment.date(), now.date())

    def part(match: re.Match[str]) -> str:
        if near and match[1].endswith("_pretty"):
            return near
        return moment.strftime(_DATE_FORMATS.get(match[1], match[0]))

    return re.sub(r"\{(\w+)\}", part, pattern)


def _near(day: date, today: date) -> str | None:
    """As Slack says the days around today in its `pretty` formats."""
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day - today).days)


def _circles(text: str) -> str:
    for sign, colour in _CIRCLES.items():
        dot = f'<span class="dot" style="background:{colour}"></span>'
        text = text.replace(sign, dot)
    return text
