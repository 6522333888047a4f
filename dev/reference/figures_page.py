"""docs/figures.md: every figure in words, from its file."""

from collections.abc import Iterator

from dev.places import REPOSITORY
from stream.figures.catalogue import FIGURES
from stream.figures.figure import Column, Figure, Unit

_UNITS = {
    Unit.COUNT: "",
    Unit.SECONDS: "s",
    Unit.SHARE: "0 to 1",
    Unit.SCORE: "score",
    Unit.RATIO: "ratio",
    Unit.FLAG: "1 or 0",
    Unit.NAME: "name",
    Unit.AMOUNT: "money",
}


def figures_page() -> str:
    """What dev/reference/figures.md says first, then each figure."""
    head = (REPOSITORY / "dev" / "reference" / "figures.md").read_text("utf-8")
    return head + "".join(f"\n{line}\n" for each in FIGURES for line in _told(each))


def _told(figure: Figure) -> Iterator[str]:
    yield f"## {figure.number}. {figure.title}"
    yield f"{figure.says} *{figure.source}*"
    columns = ", ".join(map(_column, figure.columns))
    live = ", ".join(f"`{name}`" for name in figure.live)
    yield "\n".join(
        (
            f"- `{figure.name}`: {columns}",
            *([f"- by {', '.join(figure.by)}"] if figure.by else []),
            f"- live: {live}" if live else "- offline only",
            *(["- personal data: off unless asked for"] if figure.personal else []),
        )
    )


def _column(column: Column) -> str:
    unit = _UNITS[column.unit]
    return f"`{column.name}`{unit and f' ({unit})'}"
