"""What matters came to and what customers say of them, in PromQL.

Offline the same figures are `stream/figures/catalogue/`: CSAT, NPS, CES, net emotional
value, one-reply and automated resolution, abandonment.
"""

from typing import Final

from grafana.desk.counts import NONE_YET, QUEUES, RANGE, WEEK, counted, filled

ENDED, RESOLVED = "ended", "resolved"
OF: Final = {
    "resolved": ENDED,
    "one_reply": RESOLVED,
    "automated": RESOLVED,
    "abandoned": ENDED,
    "reopened": ENDED,
}
"""An outcome, and of which it is a share."""


def ended(outcome: str, over: str = RANGE, by: str = "") -> str:
    """How many came to this."""
    recorded = "outcome_queue:replyclock_session_outcomes:increase5m"
    return counted(f'{recorded}{{{QUEUES},outcome="{outcome}"}}', over, by)


def share(outcome: str, by: str = "") -> str:
    """How many came to this in the range, 0 to 1, of all that could."""
    return filled(share_over_time(outcome, RANGE, by), by, NONE_YET)


def share_over_time(outcome: str, over: str, by: str = "") -> str:
    """At each instant, of those that ended in the time `over` before it."""
    return f"{ended(outcome, over, by)} / ({ended(OF[outcome], over, by)} > 0)"


def answers(scale: str, by: str = "") -> str:
    """How many answered, in the range."""
    return filled(_answers(scale, RANGE, by), by, 0)


def csat(by: str = "") -> str:
    """The share of 4 and 5, of 1 to 5, in the range."""
    return filled(csat_over_time(RANGE, by), by, NONE_YET)


def csat_over_time(over: str, by: str = "") -> str:
    good = _answers("csat", over, by, "good")
    return f"{good} / ({_answers('csat', over, by)} > 0)"


def nps(by: str = "") -> str:
    """The share of 9 and 10 less that of 0 to 6, in points: -100 to 100."""
    return filled(nps_over_time(RANGE, by), by, NONE_YET)


def nps_over_time(over: str, by: str = "") -> str:
    good, bad = (_answers("nps", over, by, answer) for answer in ("good", "bad"))
    return f"100 * ({good} - {bad}) / ({_answers('nps', over, by)} > 0)"


def mean(scale: str, by: str = "") -> str:
    """Of the answers on a scale without negative scores, in the range."""
    return _per_answer(scale, _scores(scale, by), by)


def emotion(by: str = "") -> str:
    """Net emotional value: the mean positive emotion less the mean negative one.

    Both are over all answers: who felt no negative emotion felt one of strength 0.
    """
    good, bad = (_scores("emotion", by, answer) for answer in ("good", "bad"))
    return _per_answer("emotion", f"({good} - {bad})", by)


def purchases(ago: str = "") -> str:
    """In a week. Of another week what was not recorded is not known."""
    recorded = f"queue:replyclock_purchases:increase5m{{{QUEUES}}}"
    bought = counted(recorded, WEEK, ago=ago)
    return bought if ago else filled(bought, "", 0)


def _per_answer(scale: str, total: str, by: str) -> str:
    mean = f"{total} / ({_answers(scale, RANGE, by)} > 0)"
    return filled(mean, by, NONE_YET)


def _answers(scale: str, over: str, by: str, answer: str = ".+") -> str:
    return counted(_surveyed("answers", scale, answer), over, by)


def _scores(scale: str, by: str, answer: str = ".+") -> str:
    """Sums in the range, without their signs."""
    return counted(_surveyed("scores", scale, answer), RANGE, by)


def _surveyed(what: str, scale: str, answer: str) -> str:
    of = f'{QUEUES},scale="{scale}",answer=~"{answer}"'
    return f"answer_queue_scale:replyclock_survey_{what}:increase5m{{{of}}}"
