"""Words in Slack's markup: durations, instants, mentions, escaping. Pure."""

from datetime import UTC, datetime

from stream.sla.instants import HOUR

NAME_LIMIT = 80


def span(ms: int) -> str:
    """Say a duration as people do: `0.4 s`, `45 s`, `12 min`, `1 h 30 min`, `2 d`.

    Under ten seconds with a tenth; the two largest units otherwise, cut, not rounded.
    """
    if ms < 10_000:  # noqa: PLR2004  ten seconds
        return f"{max(ms, 0) / 1000:.1f} s".replace(".0 s", " s")
    left = ms // 1000
    parts: list[tuple[int, str]] = []
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        number, left = divmod(left, seconds)
        if number or parts:
            parts.append((number, unit))
    return " ".join(f"{number} {unit}" for number, unit in parts[:2] if number)


def date(ms: int, beside: int | None = None) -> str:
    """Show an instant in the reader's own time zone, UTC where Slack cannot.

    The day is left out within 12 hours of `beside`, whose day is shown.
    """
    is_near = beside is not None and abs(ms - beside) < 12 * HOUR
    return _date(ms, "{time_secs}" if is_near else "{date_short_pretty} {time_secs}")


def minute(ms: int) -> str:
    """As `date`, where seconds are of no interest."""
    return _date(ms, "{date_short_pretty} {time}")


def _date(ms: int, shown: str) -> str:
    fallback = datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"<!date^{ms // 1000}^{shown}|{fallback}>"


def mention_of(mention: str) -> str:
    """Call `@here`, `@channel`, `@everyone`, a user's or a user group's id."""
    match mention.removeprefix("@"):
        case "here" | "channel" | "everyone" as whom:
            return f"<!{whom}>"
        case who if who[:1] in {"U", "W"} and who.isalnum() and who.isupper():
            return f"<@{who}>"
        case group if group[:1] == "S" and group.isalnum() and group.isupper():
            return f"<!subteam^{group}>"
        case _:
            return escape(mention)


def name(text: str, limit: int = NAME_LIMIT) -> str:
    return escape(cut(text, limit))


def one_line(text: str, limit: int = NAME_LIMIT) -> str:
    """Words of a stranger, for plain text: without signs that nobody sees.

    Those turn a line around, hide a word or break it.
    """
    seen = "".join(sign if sign.isprintable() else " " for sign in text)
    return cut(" ".join(seen.split()), limit)


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "\N{HORIZONTAL ELLIPSIS}"
