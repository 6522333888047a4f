"""Abandonment, on paper."""

from stream.figures.catalogue.abandonment import ABANDONMENT
from stream.sla.facts import Reason
from tests.figures.told import Told, figure_of


def test_on_paper(tmp_path):
    """Nine ended, four of them abandoned: 4 / 9, one of these after a bot.

    Closed without a word, fallen silent, with a bot's answer or a template only. Not
    abandoned: an agent's message, a call, resolved by a bot, merged into another,
    and closed after a reply. Spam, who still waits, and next week's are in none.
    """
    told = Told()
    told.session("closed", "mon 09:00", "mon 10:00", Reason.CLOSED)
    told.session("silent", "mon 09:00", "sun 23:59:59")
    told.session("bot", "mon 09:00", "mon 10:00", bot_replies=2)
    told.session("template", "mon 09:00", "mon 10:00", templates=1)
    told.session("agent", "mon 09:00", "mon 10:00", agent_replies=1)
    told.session("call", "mon 09:00", "mon 10:00", calls=1)
    told.session("by bot", "mon 09:00", "mon 10:00", resolved_at="mon 09:30")
    told.session("merged", "mon 09:00", "mon 10:00", Reason.MERGED)
    told.session("kept", "mon 09:00", "mon 10:00", Reason.CLOSED, agent_replies=1)
    told.session("spam", "mon 09:00", "mon 10:00", Reason.SPAM)
    told.session("waits", "mon 09:00")
    told.session("after", "mon 09:00", "+1 mon 00:00")

    assert figure_of(ABANDONMENT, told, tmp_path) == [
        {"n": 9, "abandoned": 4, "abandoned_share": 4 / 9, "after_bot": 1}
    ]
