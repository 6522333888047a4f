from dataclasses import replace

import pytest

from tests.wall.moments import Moment, Queue

LATE, AT_RISK, LONGEST, TODAY, TRUST = 2, 3, 4, 5, 6


def says(panel: int, moment: Moment, **chosen: str) -> str:
    """The one text of a tile."""
    ((_, text, _),) = moment.reads(panel, **chosen)
    return text


def of(**queues: Queue) -> Moment:
    return Moment(queues=queues)


def test_tiles_have_their_names() -> None:
    """Beside the text, large: Grafana draws titles small."""
    names = [of(sales=Queue()).reads(panel)[0][0] for panel in range(2, 7)]
    assert names == ["Late", "At risk", "Longest", "Today", "Wall"]


def test_customers_are_added_up_over_queues() -> None:
    """Late and at risk, each once, by the worst band."""
    moment = of(
        sales=Queue(ok=12, at_risk=3, breached=2), vip=Queue(at_risk=1, breached=5)
    )
    assert says(LATE, moment) == "7"
    assert says(AT_RISK, moment) == "4"
    assert says(LATE, moment, queue="vip") == "5"


def test_nobody_is_a_word() -> None:
    """Nothing to say is said, on a quiet worker."""
    moment = of(sales=Queue(), vip=Queue())
    assert [says(panel, moment) for panel in range(2, 7)] == [
        "none",
        "none",
        "nobody",
        "none yet",
        "live",
    ]


def test_the_longest_wait_is_of_all_promises() -> None:
    """In the time of the promise."""
    moment = of(
        sales=Queue(longest={"first_reply": 59}),
        vip=Queue(longest={"first_reply": 60, "resolution": 5705}),
    )
    assert says(LONGEST, moment) == "1 h 35"
    assert says(LONGEST, moment, queue="sales") == "59 s"


@pytest.mark.parametrize("panel", [LATE, AT_RISK, LONGEST])
def test_nobody_of_a_silent_source_is_not_known(panel: int) -> None:
    """Rule 3.6: where nobody is known to wait, nobody knows."""
    silent = Queue(silent=True)
    assert says(panel, of(sales=silent, vip=Queue())) == "stale"
    assert says(panel, of(sales=silent, vip=Queue()), queue="vip") in {"none", "nobody"}


def test_what_is_known_of_a_silent_source_is_told() -> None:
    """Five that are late are late."""
    silent = Queue(silent=True, breached=5, longest={"first_reply": 60})
    assert says(LATE, of(sales=silent)) == "5"
    assert says(LONGEST, of(sales=silent)) == "1 min"


@pytest.mark.parametrize("panel", [LATE, AT_RISK, LONGEST])
def test_a_part_of_the_truth_is_no_figure(panel: int) -> None:
    """Not even a large one: it may be larger."""
    queues = {"sales": Queue(at_risk=3, breached=2, longest={"window": 60})}
    assert says(panel, Moment(queues=queues, assigned=3)) == "partial"


def day(met: int, breached: int, objective: float = 0.9, /, **more: int) -> Queue:
    """Verdicts of first replies; `more` of next replies."""
    return Queue(
        objective=objective,
        verdicts={
            ("first_reply", "met"): met,
            ("first_reply", "breached"): breached,
            **{("next_reply", verdict): count for verdict, count in more.items()},
        },
    )


@pytest.mark.parametrize(
    ("queues", "text"),
    [
        ({"sales": day(9, 1)}, "90 of 90 %"),
        ({"sales": day(899, 101)}, "89.9 under 90 %"),
        ({"sales": day(8999, 1001)}, "89.9 under 90 %"),
        ({"sales": day(965, 35)}, "96.5 of 90 %"),
        ({"sales": day(57, 43, 0.57)}, "57 of 57 %"),
        ({"sales": day(0, 3)}, "0 under 90 %"),
        ({"sales": day(3, 0, 0.995)}, "100 of 99.5 %"),
        ({"sales": day(9, 1, met=0, breached=2)}, "75 under 90 %"),
        ({"sales": day(9, 1, cancelled=50)}, "90 of 90 %"),
        ({"sales": day(30, 0, 0.95), "support": day(8, 2, 0.75)}, "95 of 90 %"),
        ({"sales": day(30, 0, 0.95), "support": day(0, 0, 0.5)}, "100 of 95 %"),
        ({"sales": day(0, 0, cancelled=4)}, "none yet"),
    ],
    ids=str,
)
def test_the_service_level_is_beside_what_is_promised(
    queues: dict[str, Queue], text: str
) -> None:
    """First and next replies; each queue's objective by its share of today's."""
    assert says(TODAY, Moment(queues=queues)) == text


def test_service_levels_of_several_workers_add_up() -> None:
    """Each begins anew by itself."""
    moment = Moment(queues={"sales": day(9, 1), "vip": day(0, 0)}, workers=3)
    assert says(TODAY, moment) == "90 of 90 %"
    assert says(LATE, Moment(queues={"sales": Queue(breached=2)}, workers=3)) == "6"


def test_a_service_level_is_rounded_down_by_what_it_is() -> None:
    """Not by how it is stored: their sum is 27.999999999999996 %."""
    assert says(TODAY, Moment(queues={"s": day(7, 18)}, workers=3)) == "28 under 90 %"


def test_without_the_rules_there_is_no_service_level() -> None:
    """Not "none yet": there may have been some."""
    moment = Moment(queues={"sales": day(9, 1)}, rules=False)
    assert moment.reads(TODAY) == []


def test_a_queue_that_only_events_name_keeps_the_highest_objective() -> None:
    """Its late replies count, against what the strictest policy promises."""
    ghost = replace(day(1, 1), configured=False)
    assert says(TODAY, of(ghost=ghost)) == "50 under 95 %"
    assert says(TODAY, of(ghost=ghost, sales=day(2, 0, 0.85))) == "75 under 90 %"


def test_verdicts_taken_back_do_not_count() -> None:
    """Four met, two breached of which one is taken back: 4 of 5."""
    queue = Queue(
        verdicts={("next_reply", "met"): 4, ("next_reply", "breached"): 2},
        retractions={("next_reply", "breached"): 1},
    )
    assert says(TODAY, of(sales=queue)) == "80 under 90 %"


def test_other_promises_have_no_service_level_here() -> None:
    """A resolution in time makes no late reply better."""
    queue = Queue(verdicts={("resolution", "met"): 9, ("first_reply", "breached"): 1})
    assert says(TODAY, of(sales=queue)) == "0 under 90 %"


def test_a_teams_wall_is_of_its_queues_alone() -> None:
    """What others are late with, or muted, is on their wall."""
    ours = Queue(team="emea", at_risk=1, longest={"window": 60})
    others = Queue(
        team="apac", at_risk=2, breached=2, longest={"window": 90}, muted=True
    )
    moment = of(
        sales=replace(ours, verdicts=day(9, 1).verdicts),
        support=replace(others, verdicts=day(1, 1).verdicts),
    )
    read = [says(panel, moment, team="emea") for panel in range(2, 7)]
    assert read == ["none", "1", "1 min", "90 of 90 %", "live"]
    read = [says(panel, moment, queue="support") for panel in range(2, 7)]
    assert read == ["2", "2", "1 min", "50 under 90 %", "muted"]


TROUBLE = Moment(
    queues={"sales": Queue(silent=True, muted=True)},
    assigned=3,
    delay=100,
    storms={"storm": 1, "downtime": 0, "opening": 0},
)
"""All at once."""


def without(**changes: object) -> Moment:
    return Moment(
        **{
            "queues": TROUBLE.queues,
            "assigned": 4,
            "delay": TROUBLE.delay,
            "storms": TROUBLE.storms,
            **changes,
        }  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("moment", "word"),
    [
        (TROUBLE, "partial"),
        (without(), "delayed"),
        (without(delay=None, lag=7), "delayed"),
        (without(delay=1), "source silent"),
        (without(delay=1, queues={"sales": Queue(muted=True)}), "storm, muted"),
        (without(delay=1, queues={"sales": Queue()}), "storm"),
        (
            without(
                delay=1,
                queues={"sales": Queue(muted=True)},
                storms={"downtime": 2, "opening": 1},
            ),
            "storm, muted",
        ),
        (
            without(
                delay=1, queues={"sales": Queue(muted=True)}, storms={"opening": 1}
            ),
            "muted",
        ),
        (without(delay=1, queues={"sales": Queue()}, storms={}), "live"),
        (without(delay=None, queues={"sales": Queue()}, storms={}), "live"),
    ],
)
def test_trust_is_the_most_serious_word(moment: Moment, word: str) -> None:
    """What makes figures wrong comes before what makes them late, then the rest.

    A muted queue is said in a storm, too.
    """
    assert says(TRUST, moment) == word


def test_no_worker_is_an_empty_answer() -> None:
    """Grafana says "no data" then, and only then: also while alerts goes on."""
    moment = Moment(queues={}, storms={"storm": 0})
    assert [moment.reads(panel) for panel in range(2, 7)] == [[]] * 5


def test_figures_stand_without_the_alerts_process() -> None:
    """What only it knows is left out."""
    moment = Moment(queues={"sales": Queue()}, muting=False)
    assert says(TRUST, moment) == "live"
