"""The year that the bench draws is one that the report can read."""

from bench.year import year


def test_a_short_year(capfd):
    """Three days of 40 sessions: archived and reported, with times and memory."""
    archive, seconds, memory = year(days=3, sessions=40)

    assert "no facts" not in capfd.readouterr().err

    assert archive.what == "40 sessions of a day into the archive"
    assert seconds.what == "120 sessions of 3 days: the report"
    assert min(archive.got, seconds.got, memory.got) > 0
