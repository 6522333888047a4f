"""`python -m dev.reference`: write reference and schemas, or `--check` them."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from alerts.sinks.webhook_body import schema as webhook_schema
from dev.places import REPOSITORY
from dev.reference.chart_values import CHART, chart_values_schema
from dev.reference.figures_page import figures_page
from dev.reference.page import page
from stream.company.profile import Profile
from stream.company.schema import schema as profile_schema
from stream.config import Config
from stream.config.schema import schema
from stream.records import event_schema

FILES: dict[Path, Callable[[], str]] = {
    REPOSITORY / "docs" / "config.md": partial(page, Config, "config.md"),
    REPOSITORY / "docs" / "company.md": partial(page, Profile, "company.md"),
    REPOSITORY / "docs" / "figures.md": figures_page,
    REPOSITORY / "config" / "sla.schema.json": schema,
    CHART / "values.schema.json": chart_values_schema,
    REPOSITORY / "config" / "company.schema.json": profile_schema,
    REPOSITORY / "docs" / "event.schema.json": event_schema,
    REPOSITORY / "docs" / "webhook.schema.json": webhook_schema,
}


def main() -> None:
    """Exit 1 with `--check` when a file is not what the model says."""
    old = [
        path.relative_to(REPOSITORY)
        for path, write in FILES.items()
        if not path.exists() or path.read_text("utf-8") != write()
    ]
    if "--check" not in sys.argv:
        for path, write in FILES.items():
            path.write_text(write(), "utf-8")
    elif old:
        names = ", ".join(map(str, old))
        sys.exit(f"not as the model says: {names}; run python -m dev.reference")


if __name__ == "__main__":
    main()
