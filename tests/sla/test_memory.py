"""Memory: how long what is kept, and that forgetting changes no verdict (ADR 7.12)."""

import pytest

from stream.config import parse_config
from stream.sla.conversation import Applied, apply, conclude, due_at
from stream.sla.events import Status
from stream.sla.instants import MINUTE
from stream.sla.memory import LONGEST
from stream.sla.timeline import MOST_TAGS
from stream.worker.table import encode_state
from tests.timelines import (
    CONFIG,
    Timeline,
    at,
    closed,
    customer,
    reply,
    status,
    tags,
)

DAY = 24 * 60
"""In minutes, as timelines count."""
FIRST = "targets: {first_reply: {within: 10m,"
SOLVED = FIRST.replace("targets: {", "targets: {resolution: 5h, ")


@pytest.fixture
def two_sessions(play):
    """The first closed at minute 5; the second begins `days` later."""

    def made(days: float):
        later = 5 + days * DAY
        return play(
            customer(0), reply(4), closed(5), customer(later, "c2"), reply(later, "r2")
        )

    return made


def test_an_ended_session_is_remembered_for_seven_days(two_sessions, rules):
    """As long as Meta repeats a webhook; news of it corrects it meanwhile."""
    for days, told, applied in (
        (7, 2, Applied.APPLIED),
        (7 + 1 / DAY, 1, Applied.TOO_LATE),
    ):
        state = two_sessions(days).state

        assert len(state.told) == told
        assert apply("c", state, reply(3, "r0"), rules, 0)[2] is applied


def test_what_is_forgotten_takes_its_turns_along(two_sessions):
    state = two_sessions(8).state

    assert [turn.at for turn in state.turns] == [at(5 + 8 * DAY)] * 2
    assert state.floor == at(5)
    assert state.base is None


def test_a_conversation_is_forgotten_seven_days_after_its_end(play, rules):
    """Closed at minute 5: nothing is left that a clock could need."""
    state = play(customer(0), reply(4), closed(5)).state
    end = at(5 + 7 * DAY)

    assert due_at(state, rules) == end
    assert conclude("c", state, end - 1, rules, end)[0] is not None
    assert conclude("c", state, end, rules, end) == (None, [])


def test_one_that_lapses_is_forgotten_seven_days_after_the_silence(play, rules):
    """Said at minute 4, lapsed a day later."""
    state = play(customer(0), reply(4)).state

    assert conclude("c", state, at(4 + 8 * DAY) - 1, rules, 0)[0] is not None
    assert conclude("c", state, at(4 + 8 * DAY), rules, 0)[0] is None


def test_news_of_one_that_was_never_open_is_kept_as_long(rules):
    """A reply to a customer who never wrote: no session, a day and seven."""
    state = apply("c", None, reply(0), rules, 0)[0]

    assert due_at(state, rules) == at(0) + 8 * DAY * MINUTE


def chatter(count: int):
    """A customer who writes once a minute, answered at once."""
    for number in range(count):
        yield customer(number, f"c{number}")
        yield reply(number + 0.5, f"r{number}")


def test_a_long_conversation_keeps_its_latest_turns_alone(play):
    """Beyond 200 the oldest are past correcting, and the newest hundred stay."""
    full = play(*chatter(LONGEST // 2))
    one_more = play(*chatter(LONGEST // 2), customer(LONGEST // 2, "more"))

    assert len(full.state.turns) == LONGEST
    assert len(one_more.state.turns) == 100
    assert one_more.state.floor == one_more.state.turns[0].at - MINUTE // 2


def test_forgetting_changes_no_verdict():
    """The resolution clock of a session that is half forgotten goes on."""
    rules = parse_config(
        CONFIG.replace(
            "first_reply: {within: 10m, ", "resolution: 5h, first_reply: {within: 10m, "
        ),
        "test.yaml",
    ).rules()
    line = Timeline(rules).play(*chatter(140))
    assert line.state.base is not None
    (clock,) = [c for c in line.state.base.clocks if c.measure == "resolution"]
    assert clock.started_at == at(0)

    line.play(customer(139.2, "late"), closed(150))

    assert line.told[-1] == "met@150"
    assert line.facts[-2].waited_ms == 150 * MINUTE
    assert line.told.count("met@0.5") == 1


def test_late_news_after_the_floor_is_walked_from_the_base(play):
    """A reply that comes late meets what it met in order."""
    ordered = play(
        *chatter(120), customer(120, "c"), reply(121, "late"), reply(122, "r")
    )
    late = play(*chatter(120), customer(120, "c"), reply(122, "r"), reply(121, "late"))

    assert late.state.told == ordered.state.told
    assert late.state.turns == ordered.state.turns


def test_silence_of_a_day_ends_a_session(play):
    """`session_gap`, from the last word of either side."""
    assert play(customer(0), reply(4), 3.99 + DAY).state.last.ended_at is None
    assert play(customer(0), reply(4), 4 + DAY).state.last.ended_at == at(4 + DAY)


@pytest.mark.parametrize("on_reopen", ["total", "first"])
@pytest.mark.parametrize("counts", ["", ", count_bot: true"])
def test_two_bots_that_answer_each_other_cost_kilobytes(on_reopen, counts):
    """A round every two minutes for two days: solved, reopened, paused (A9)."""
    more = f"80%]}}, next_reply: 5m, resolution: 5h}}, on_reopen: {on_reopen}"
    text = CONFIG.replace("80%]}}", f"{more}, pause_on: [on_hold]{counts}")
    rules = parse_config(text, "bots.yaml").rules()
    line, sizes = Timeline(rules), []
    for minute in range(0, 2880, 2):
        line.play(
            customer(minute, f"c{minute}"),
            reply(minute + 0.5, f"r{minute}"),
            status(minute + 0.6, Status.ON_HOLD),
            status(minute + 1, Status.RESOLVED),
        )
        line.facts.clear()
        sizes.append(len(encode_state(0, line.state)))

    assert max(sizes) < 40_000
    assert max(sizes[-300:]) <= 1.01 * max(sizes[300:-300])


def test_tags_are_few():
    """A state holds them several times."""
    line = Timeline(parse_config(CONFIG, "test.yaml").rules())
    line.play(customer(0), tags(1, *[f"tag-{number:03}" for number in range(500)]))

    assert len(line.state.held.tags) == MOST_TAGS
