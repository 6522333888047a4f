"""What customers write about."""

from stream.figures.catalogue.shares import part
from stream.figures.figure import Column, Figure, N, Unit

CATEGORIES = Figure(
    number=9,
    name="categories",
    title="Complaints and categories",
    says="Sessions that ended, by the category tags they had then (`categories` of the "
    "rules file; `other` where there are tags, and none of these); the share is of all "
    "sessions that ended, in all queues and channels. A session with two categories is "
    "in both, so shares may add up to more than 1. The complaint share is that of your "
    "tag for complaints. Where nobody said a tag, the category is not known.",
    source="the field's list, 9; ADR 33",
    rows="""(
      SELECT *, ended_at AS moment, count(*) OVER () AS ended
      FROM sessions
      WHERE ended_at >= getvariable('begin') AND ended_at < getvariable('end')
    )""",
    moment="",
    columns=(
        N,
        Column("share", "of all", Unit.SHARE, "count(*) / any_value(ended)"),
        *part("not_known", "category not known", "len(categories) = 0"),
    ),
    by=("category", "queue", "channel", "account", "day", "hour"),
    live=("replyclock_session_categories_total",),
)
