"""Who did how much."""

from stream.figures.catalogue.times import lengths
from stream.figures.figure import Column, Figure, Unit

_ROWS = """(
  SELECT
    queue, channel, account, replied_at AS done_at, waited_s,
    coalesce(author, assignee) AS author, 0 AS closed
  FROM waits
  WHERE is_answered AND NOT shadow AND measure IN ('first_reply', 'next_reply')
  UNION ALL BY NAME
  SELECT queue, channel, account, ended_at AS done_at, assignee, 1 AS closed
  FROM sessions WHERE resolved_at IS NOT NULL
)"""

WORKLOAD = Figure(
    number=18,
    name="workload",
    title="Workload per agent",
    says="Waits that a reply ended, and how long they were (`n` of them), each when it "
    "was replied to, for the reply's author; sessions that were resolved, or closed "
    "after a reply, each when it ended, for who held it then.",
    source="semantics 2.12; Zendesk's and Intercom's agent reports",
    rows=_ROWS,
    moment="done_at",
    columns=(
        Column("n", "n", Unit.COUNT, "count(waited_s)"),
        Column("closed", "closed", Unit.COUNT, "count(*) FILTER (closed = 1)"),
        *lengths("waited_s"),
    ),
    by=("agent", "queue", "channel", "account", "day", "hour"),
    personal=True,
)
