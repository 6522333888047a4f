"""What matters came to and what customers say of them, in PromQL.

Offline the same figures are `stream/figures/catalogue/`: CSAT, NPS, CES, net emotional
value, one-reply and automated resolution, abandonment.
"""

from typing import Final

from grafana.desk.counts import QUEUES, RANGE, counted, filled

WEEK: Final = "1w"
NONE_YET: Final = -1_000
"""The mark for what nothing was counted of: NPS and emotions may be below 0."""

ENDED, RESOLVED = "ended", "resolved"
OF: Final = {
    "resolved": ENDED,
    "one_reply": RESOLVED,
    "automated": RESOLVED,
    "abandoned": ENDED,
    "reopened": ENDED,
}
"""An outcome, and of which it is a share."""


def share(outcome: str, by: str = "", over: str = RANGE, ago: str = "") -> str:
    """How many came to this, 0 to 1, of all that could."""
    some, of = (ended(one, by, over, ago) for one in (outcome, OF[outcome]))
    return _known(f"{some} / ({of} > 0)", by, ago)


def ended(outcome: str, by: str = "", over: str = RANGE, ago: str = "") -> str:
    """How many came to this."""
    recorded = "outcome_queue:replyclock_session_outcomes:increase5m"
    return counted(f'{recorded}{{{QUEUES},outcome="{outcome}"}}', over, by, ago)


def share_over_time(outcome: str, over: str) -> str:
    """At each instant, of those that ended in the time `over` before it."""
    return f"{ended(outcome, over=over)} / ({ended(OF[outcome], over=over)} > 0)"


def answers(scale: str, by: str = "") -> str:
    """How many answered, in the range."""
    return filled(_answers(scale, by), by, 0)


def csat(by: str = "", over: str = RANGE) -> str:
    """The share of 4 and 5, of 1 to 5."""
    return _known(csat_over_time(over, by), by)


def csat_over_time(over: str, by: str = "") -> str:
    good = _answers("csat", by, over, "good")
    return f"{good} / ({_answers('csat', by, over)} > 0)"


def nps(by: str = "", over: str = RANGE) -> str:
    """The share of 9 and 10 less that of 0 to 6, in points: -100 to 100."""
    return _known(nps_over_time(over, by), by)


def nps_over_time(over: str, by: str = "") -> str:
    good, bad = (_answers("nps", by, over, answer) for answer in ("good", "bad"))
    return f"100 * ({good} - {bad}) / ({_answers('nps', by, over)} > 0)"


def mean(scale: str, by: str = "") -> str:
    """Of the answers on a scale without negative scores, in the range."""
    total = _scores(scale, by)
    return _known(f"{total} / ({_answers(scale, by)} > 0)", by)


def emotion(by: str = "", over: str = RANGE) -> str:
    """Net emotional value: the mean positive emotion less the mean negative one.

    Both are over all answers: who felt no negative emotion felt one of strength 0.
    """
    good, bad = (_scores("emotion", by, over, answer) for answer in ("good", "bad"))
    value = f"({good} - {bad}) / ({_answers('emotion', by, over)} > 0)"
    return _known(value, by)


def purchases(over: str = WEEK, by: str = "", ago: str = "") -> str:
    recorded = f"queue:replyclock_purchases:increase5m{{{QUEUES}}}"
    bought = counted(recorded, over, by, ago)
    return bought if ago else filled(bought, by, 0)


def _known(expr: str, by: str, ago: str = "") -> str:
    # Of another week what was not recorded is not known.
    return expr if ago else filled(expr, by, NONE_YET)


def _answers(scale: str, by: str, over: str = RANGE, answer: str = ".+") -> str:
    return _surveyed("answers", scale, by, over, answer)


def _scores(scale: str, by: str, over: str = RANGE, answer: str = ".+") -> str:
    """Sums, without their signs."""
    return _surveyed("scores", scale, by, over, answer)


def _surveyed(what: str, scale: str, by: str, over: str, answer: str) -> str:
    recorded = f"answer_queue_scale:replyclock_survey_{what}:increase5m"
    of = f'{QUEUES},scale="{scale}",answer=~"{answer}"'
    return counted(f"{recorded}{{{of}}}", over, by)
