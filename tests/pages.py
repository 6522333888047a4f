"""What stands in the pages of `docs/`: their examples are run as they are written."""

import re

from dev.places import REPOSITORY


def page(name: str) -> str:
    return (REPOSITORY / "docs" / name).read_text("utf-8")


def blocks(name: str, language: str) -> list[str]:
    """The fenced blocks of a page in that language; '': without one."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", page(name), re.MULTILINE | re.DOTALL)
    return [text for said, text in fenced if said == language]
