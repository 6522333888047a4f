"""The page of the preview, as a browser shows it."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from alerts.preview.examples import examples
from alerts.preview.page import page
from dev.chromium import read_page
from stream.config import load_config

CONFIG = load_config(Path(__file__).parents[3] / "config" / "full.yaml")
MADE = examples(CONFIG)
PAGE = page(MADE, "full.yaml", CONFIG.timezone)
LEAST_CONTRAST = 4.5
"""Of text, as WCAG 2.2 asks for at level AA."""

LOOK = """
<script>
  const seen = {cut: [], pale: []};
  const shown = (box) => box.width > 0 && box.height > 0 && box.left >= 0
    && box.right <= innerWidth;
  const light = (colour) => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
      .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (!colour.startsWith("rgba")) return colour;
    }
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, holder = text.parentElement;
    if (!text.data.trim() || holder.tagName === "SCRIPT") continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) {
      let whole = shown(box);
      for (let each = holder; each; each = each.parentElement) {
        const edge = each.getBoundingClientRect();
        const isOut = box.right > edge.right + 1 || box.bottom > edge.bottom + 1;
        if (getComputedStyle(each).overflowX !== "visible" && isOut) whole = false;
      }
      if (!whole) seen.cut.push(text.data);
    }
    const [a, b] = [getComputedStyle(holder).color, ground(holder)].map(light);
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < LEAST) seen.pale.push([text.data, contrast]);
  }
  seen.titles = [...document.querySelectorAll("article h3")]
    .filter((title) => shown(title.getBoundingClientRect()))
    .map((title) => title.textContent.trim());
  seen.wide = document.documentElement.scrollWidth - innerWidth;
  document.documentElement.innerHTML = "<pre>" + JSON.stringify(seen)
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;") + "</pre>";
</script>
"""


def look(text: str, folder: Path, size: str) -> dict[str, Any]:
    """What a browser shows of the page; the page itself allows no script."""
    policy, allowed = "default-src 'none'", "default-src 'unsafe-inline'"
    assert policy in text
    body = text.replace(policy, allowed) + LOOK.replace("LEAST", str(LEAST_CONTRAST))
    (folder / "page.html").write_text(body, encoding="utf-8")
    after = read_page((folder / "page.html").as_uri(), size)
    (found,) = re.findall("<pre>(.*)</pre>", after, re.DOTALL)
    seen: dict[str, Any] = json.loads(html.unescape(found))
    return seen


@pytest.mark.parametrize(
    ("scheme", "size"), [("light", "1200,900"), ("dark", "520,900")]
)
def test_every_message_can_be_read(tmp_path, scheme, size):
    """Every title is there, no word is cut off or pale, by day and by night."""
    text = PAGE.replace("color-scheme: light dark", f"color-scheme: {scheme}")

    seen = look(text, tmp_path, size)

    firsts = [each.message.blocks[0] for each in MADE]
    headers = [block["text"]["text"] for block in firsts if block["type"] == "header"]
    titles = [header.partition(" ")[2] for header in headers]
    assert seen == {"titles": titles, "cut": [], "pale": [], "wide": 0}


def test_a_long_name_is_not_cut(tmp_path):
    """A queue's or receiver's name without a space breaks where it must."""
    name = "q" * 200
    text = PAGE.replace("to sales-slack", f"to {name}").replace("sales:", f"{name}:")

    seen = look(text, tmp_path, "520,900")
    assert (seen["cut"], seen["wide"]) == ([], 0)


def test_nothing_is_loaded():
    """The page brings all it needs, and tells the browser to load nothing."""
    assert "default-src 'none'" in PAGE
    assert re.findall(r"(?:src=|@import|url\(|<script|<link)", PAGE) == []


def test_what_a_name_holds_is_no_html():
    """A rules file's name, like a receiver's, is text."""
    shown = page(MADE, "<script>x</script>", "UTC")

    assert "<script>" not in shown
    assert "&lt;script&gt;x" in shown
