"""The page: each example as Slack draws it. Nothing is loaded from anywhere."""

from collections.abc import Iterable
from html import escape
from zoneinfo import ZoneInfo

from alerts.preview.drawing import STYLE, draw, framed
from alerts.preview.examples import Example
from alerts.sinks.place import said_of
from stream.sla.instants import from_ms

_OWN_STYLE = """\
  :root { color-scheme: light dark; }
  main { max-width: 760px; margin: 0 auto; padding: 28px 12px 60px;
    overflow-wrap: anywhere; }
  h1 { font-size: 22px; padding: 0 20px; }
  .note { color: var(--dim); padding: 0 20px; }
  section { margin-top: 24px; border: 1px solid var(--line); border-radius: 8px;
    padding-bottom: 6px; }
  h2 { font-size: 14px; padding: 10px 20px 0; }
  h2 + .note { font-size: 13px; border-bottom: 1px solid var(--line);
    padding-bottom: 8px; }
"""


def page(examples: Iterable[Example], rules: str, zone: str) -> str:
    """HTML; `rules` names the file, `zone` that of whoever reads the messages."""
    sections = "".join(_section(example, zone) for example in examples)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Alerts of {escape(rules)}</title>
<style>
{STYLE}{_OWN_STYLE}</style></head><body><main>
<h1>Alerts of {escape(rules)}</h1>
<p class="note">What each kind of message would say. People, conversations and times
are made up; the rules are real. Times are those of {escape(zone)}; in Slack, of who
reads.</p>
{sections}</main></body></html>
"""


def _section(example: Example, zone: str) -> str:
    read = from_ms(example.at).astimezone(ZoneInfo(zone))
    whose = f"to {example.receiver}, {said_of(example.channel)}"
    if not example.is_own:
        whose = "your rules never say it; here it is under an example's"
    drawn = framed(f"{read:%H:%M:%S}", draw(example.message.blocks, read))
    return (
        f'<section id="{example.kind}"><h2>{escape(example.title)}</h2>'
        f'<p class="note">{escape(whose)}</p>{drawn}</section>\n'
    )
