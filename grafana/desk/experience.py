"""Experience: what customers say, and what became of what they wrote about."""

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import units

from grafana.desk import outcomes as ask
from grafana.desk.counts import NONE_YET, WEEK
from grafana.desk.frame import frame
from grafana.desk.links import DEMAND, PROMISES, TODAY
from grafana.desk.panels import QUEUE, Look, Question, graph, number, rows, words

UID: Final = "replyclock-experience"

_Panel = stat.Panel | timeseries.Panel | table.Panel
_NONE: Final[dict[float, str]] = {NONE_YET: "none yet"}
_WHOLE: Final[Look] = {"decimals": 0}
_SHARE: Final[Look] = {
    "unit": units.PercentUnit,
    "decimals": 0,
    "mappings": words(_NONE),
}
_SCORE: Final[Look] = {"unit": units.NoUnit, "decimals": 1, "mappings": words(_NONE)}
_POINTS: Final[Look] = {"decimals": 0, "mappings": words(_NONE)}


def experience() -> model.Dashboard:
    """The dashboard; the same every time."""
    return frame(
        "ReplyClock experience",
        uid=UID,
        description="What customers say of us, and what became of their matters.",
        since="now-28d",
        by_queue=True,
        panels=(*_surveys(), *_outcomes(), _queues(), *_weeks()),
    )


def _surveys() -> Iterator[_Panel]:
    for panel in (
        number(
            Question(
                1,
                "Are they content?",
                "CSAT: the share of 4 and 5 of all answers from 1 to 5 in this range,"
                " the mean of all, and how many answered.",
                PROMISES,
            ),
            {
                "CSAT": ask.csat(),
                "mean": ask.mean("csat"),
                "answers": ask.answers("csat"),
            },
            looks={"CSAT": _SHARE, "mean": _SCORE, "answers": _WHOLE},
        ),
        number(
            Question(
                2,
                "Would they recommend us?",
                "NPS: of the answers from 0 to 10 in this range the share of 9 and 10"
                " less that of 0 to 6, in points from -100 to 100, and how many"
                " answered.",
                PROMISES,
            ),
            {"NPS": ask.nps(), "answers": ask.answers("nps")},
            looks={"NPS": _POINTS, "answers": _WHOLE},
        ),
        number(
            Question(
                3,
                "Was it easy?",
                "CES: the mean of what they answered to 'it was easy' in this range, on"
                " the scale on which the source asked, and how many answered.",
                DEMAND,
            ),
            {"CES": ask.mean("ces"), "answers": ask.answers("ces")},
            looks={"CES": _SCORE, "answers": _WHOLE},
        ),
        number(
            Question(
                4,
                "How do they feel?",
                "Net emotional value: the mean positive emotion less the mean negative"
                " one, both over all answers in this range, and how many answered."
                " Below 0 what is felt is rather bad.",
                TODAY,
            ),
            {"emotion": ask.emotion(), "answers": ask.answers("emotion")},
            looks={"emotion": _SCORE, "answers": _WHOLE},
        ),
    ):
        yield panel.span(6).height(4)


def _outcomes() -> Iterator[_Panel]:
    yield (
        number(
            Question(
                5,
                "What became of their matters?",
                "Of those that ended in this range: resolved; ended without a word of"
                " a person; opened again after they were resolved. Of the resolved:"
                " those that one agent's message settled, and those without any."
                " Who writes again about the same is offline: `replyclock report`.",
                TODAY,
            ),
            {
                "resolved": ask.share("resolved"),
                "with one reply": ask.share("one_reply"),
                "automated": ask.share("automated"),
                "abandoned": ask.share("abandoned"),
                "reopened": ask.share("reopened"),
            },
            unit=units.PercentUnit,
            marks=_NONE,
        )
        .decimals(0)
        .span(18)
        .height(4)
    )
    yield (
        number(
            Question(
                6,
                "How many bought?",
                "Purchases that sources told of, in the last seven days and the seven"
                " before, whatever range is shown. What they followed is offline.",
                DEMAND,
            ),
            {"7 days": ask.purchases(), "the 7 before": ask.purchases(ago="1w")},
        )
        .decimals(0)
        .span(6)
        .height(4)
    )


def _queues() -> _Panel:
    return (
        rows(
            Question(
                7,
                "Which queues are they unhappy with?",
                "CSAT, NPS, CES and net emotional value of the answers in this range,"
                " how many answered for CSAT, and what became of the matters that"
                " ended.",
                PROMISES,
            ),
            {
                "CSAT": ask.csat("queue"),
                "Answers": ask.answers("csat", "queue"),
                "NPS": ask.nps("queue"),
                "CES": ask.mean("ces", "queue"),
                "Emotion": ask.emotion("queue"),
                "Resolved": ask.share("resolved", "queue"),
                "One reply": ask.share("one_reply", "queue"),
                "Automated": ask.share("automated", "queue"),
                "Abandoned": ask.share("abandoned", "queue"),
                "Reopened": ask.share("reopened", "queue"),
            },
            key={"queue": "Queue"},
            looks={
                "Queue": QUEUE,
                "CSAT": _SHARE,
                "Answers": _WHOLE,
                "NPS": _POINTS,
                "CES": _SCORE,
                "Emotion": _SCORE,
                "Resolved": _SHARE,
                "One reply": _SHARE,
                "Automated": _SHARE,
                "Abandoned": _SHARE,
                "Reopened": _SHARE,
            },
            sort="Answers",
        )
        .span(24)
        .height(9)
    )


def _weeks() -> Iterator[_Panel]:
    week = "Each point is the week before it."
    for panel in (
        graph(
            Question(
                8,
                "Does it get better?",
                f"CSAT and NPS of the answers. {week}",
                PROMISES,
            ),
            {
                "CSAT, %": f"100 * {ask.csat_over_time(WEEK)}",
                "NPS": ask.nps_over_time(WEEK),
            },
            colours={"CSAT, %": "blue", "NPS": "purple"},
            step="1d",
        )
        .min(-100)
        .max(100),
        graph(
            Question(
                9,
                "Do we settle more at once?",
                "Of the resolved: with one agent's message, and with none. Of all that"
                f" ended: without a word of a person, and opened again. {week}",
                DEMAND,
            ),
            {
                "with one reply": ask.share_over_time("one_reply", WEEK),
                "automated": ask.share_over_time("automated", WEEK),
                "abandoned": ask.share_over_time("abandoned", WEEK),
                "reopened": ask.share_over_time("reopened", WEEK),
            },
            colours={
                "with one reply": "blue",
                "automated": "purple",
                "abandoned": "red",
                "reopened": "orange",
            },
            unit=units.PercentUnit,
            step="1d",
        ),
    ):
        yield panel.span(12).height(8)
