"""One-reply resolution, on paper."""

from stream.figures.catalogue.one_reply_resolution import ONE_REPLY_RESOLUTION
from stream.sla.facts import Reason
from tests.figures.told import Told, figure_of


def test_on_paper(tmp_path):
    """Resolved: with 1 reply; with 1 and two of a bot; with 0; with 2: 2 of 4.

    One reply and never resolved, spam, and what was resolved after the week, though it
    began in it, are in none.
    """
    told = Told()
    day = {"end": "tue 12:00", "resolved_at": "tue 10:00"}
    told.session("one", "tue 09:00", agent_replies=1, **day)
    told.session("bot", "tue 09:00", agent_replies=1, bot_replies=2, **day)
    told.session("none", "tue 09:00", **day)
    told.session("two", "tue 09:00", agent_replies=2, **day)
    told.session("lapsed", "tue 09:00", "wed 09:00", agent_replies=1)
    told.session("spam", "tue 09:00", "tue 09:30", Reason.SPAM, agent_replies=1)
    told.session("open", "tue 09:00")
    told.session(
        "after",
        "sun 23:00",
        "+1 tue 00:00",
        agent_replies=1,
        resolved_at="+1 mon 00:00",
    )

    assert figure_of(ONE_REPLY_RESOLUTION, told, tmp_path) == [
        {"n": 4, "one_reply": 2, "one_reply_share": 0.5}
    ]


def test_by_category(tmp_path):
    """A session with two categories is in both; one without is not known, and last."""
    told = Told()
    day = {"end": "tue 12:00", "resolved_at": "tue 10:00"}
    told.session("a", "tue 09:00", agent_replies=1, categories=("b", "a"), **day)
    told.session("b", "tue 09:00", agent_replies=2, categories=("a",), **day)
    told.session("c", "tue 09:00", agent_replies=1, **day)

    found = figure_of(ONE_REPLY_RESOLUTION, told, tmp_path, ("category",))

    assert [tuple(row.values()) for row in found] == [
        ("a", 2, 1, 0.5),
        ("b", 1, 1, 1),
        (None, 1, 1, 1),
    ]
