"""Channel responsiveness, on paper."""

from stream.figures.catalogue.channel_responsiveness import CHANNEL_RESPONSIVENESS
from stream.sla.events import Channel
from stream.sla.facts import Measure, Reason
from tests.figures.told import Told, figure_of


def answered(told, key, begin, seconds, channel=Channel.MESSENGER):
    told.session(key, begin, channel=channel)
    told.wait(key, begin, seconds, channel=channel)


def test_on_paper(tmp_path):
    """Ten sessions of the week on Messenger, and one without an answer: 10 of 11.

    Answers after 100, 200, ... 900 s, and a day: the fastest 90 % are nine, their mean
    4500 / 9 = 500 s; the nearest rank of p50 is the 5th of ten. 91 % in 8 minutes: the
    badge is there. On Sunday, the last 24 hours: the day-long one, and who waits: 1 of
    2 answered, in a day: if all days go on so, it is lost.
    """
    told = Told()
    for seconds in range(100, 901, 100):
        answered(told, f"c{seconds}", "mon 09:00", seconds)
    answered(told, "slow", "sun 00:00", 86399)
    told.session("waits", "sun 09:00", channel=Channel.MESSENGER)

    assert figure_of(CHANNEL_RESPONSIVENESS, told, tmp_path) == [
        {
            "n": 11,
            "rate": 10 / 11,
            "time_s": 500,
            "p50_s": 500,
            "badge": 1,
            "forecast_n": 2,
            "forecast_rate": 0.5,
            "forecast_time_s": 86399,
            "forecast_p50_s": 86399,
            "forecast_badge": 0,
        }
    ]


def test_what_counts(tmp_path):
    """Of WhatsApp: a promise that was kept, and a person's first words without one.

    60 and 120 s, mean 90; nothing else is answered: by an answer at the very end of the
    week, a later reply, a shadow's, or that of the session before. Spam, what never
    was, and what began before the seven days are no sessions. 2 of 6: no badge.
    """
    told = Told()
    answered(told, "promised", "mon 00:00", 60, Channel.WHATSAPP)
    told.session("free", "tue 09:00", "tue 10:00", first_human_reply_at="tue 09:02")
    answered(told, "after", "sun 23:59", 60, Channel.WHATSAPP)
    told.session("promised", "wed 09:00", "thu 09:00")
    told.session("later", "tue 09:00", "wed 09:00")
    told.wait("later", "tue 09:00", 10, measure=Measure.NEXT_REPLY)
    told.session("shadow", "tue 09:00", "wed 09:00")
    told.wait("shadow", "tue 09:00", 10, shadow=True)
    told.session("spam", "tue 09:00", "tue 10:00", Reason.SPAM)
    told.session("gone", "tue 09:00", "tue 10:00", Reason.SUPERSEDED)
    answered(told, "before", "-1 sun 23:59", 5, Channel.WHATSAPP)
    answered(told, "next", "+1 mon 00:00", 5, Channel.WHATSAPP)

    (row,) = figure_of(CHANNEL_RESPONSIVENESS, told, tmp_path, ("channel", "account"))

    assert row == {
        "channel": "whatsapp",
        "account": "1065",
        "n": 6,
        "rate": 2 / 6,
        "time_s": 90,
        "p50_s": 60,
        "badge": 0,
        "forecast_n": 1,
        "forecast_rate": 0,
        "forecast_time_s": None,
        "forecast_p50_s": None,
        "forecast_badge": 0,
    }


def test_at_its_limits_it_is_very_responsive(tmp_path):
    """Nine of ten, each in 15 minutes to the second."""
    told = Told()
    for number in range(9):
        answered(told, f"c{number}", "sun 09:00", 900)
    told.session("waits", "sun 09:00", channel=Channel.MESSENGER)

    (row,) = figure_of(CHANNEL_RESPONSIVENESS, told, tmp_path)

    assert (row["rate"], row["time_s"]) == (0.9, 900)
    assert (row["badge"], row["forecast_badge"]) == (1, 1)
