"""Columns of a part of the rows: how many, and which share."""

from stream.figures.figure import Column, Unit


def part(name: str, title: str, where: str) -> tuple[Column, Column]:
    """The rows of which the SQL `where` is true; the share of none is not known."""
    return (
        Column(name, title, Unit.COUNT, f"count(*) FILTER ({where})"),
        Column(
            f"{name}_share", f"{title}, share", Unit.SHARE, f"avg(if({where}, 1, 0))"
        ),
    )
