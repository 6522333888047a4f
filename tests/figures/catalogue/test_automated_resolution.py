"""Automated resolution, on paper."""

from stream.figures.catalogue.automated_resolution import AUTOMATED_RESOLUTION
from tests.figures.told import Told, figure_of


def test_on_paper(tmp_path):
    """Five were resolved, three of them without a person, one of these in silence.

    By a bot, by an automation, without any word; by an agent after a bot, by a call. A
    bot's answer after which nobody resolved anything is none.
    """
    told = Told()
    day = {"end": "tue 12:00", "resolved_at": "tue 10:00"}
    told.session("bot", "tue 09:00", bot_replies=3, **day)
    told.session("automation", "tue 09:00", system_replies=1, **day)
    told.session("silent", "tue 09:00", **day)
    told.session("agent", "tue 09:00", bot_replies=3, agent_replies=1, **day)
    told.session("call", "tue 09:00", bot_replies=1, calls=1, **day)
    told.session("unresolved", "tue 09:00", "wed 09:00", bot_replies=1)

    assert figure_of(AUTOMATED_RESOLUTION, told, tmp_path) == [
        {"n": 5, "automated": 3, "automated_share": 0.6, "silent": 1}
    ]
