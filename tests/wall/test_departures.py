from tests.wall.moments import Moment, Queue, Row

BOARD = 1
UNKNOWN = -1_000_000_000
CLEAR = 1_000_000_000


def board(**queues: Queue) -> list[Row]:
    return [*Moment(queues=queues).reads(BOARD)]


def test_rows_are_in_the_order_of_urgency() -> None:
    """Unknown, late by lateness, at risk and running by the time left, then clear."""
    assert board(
        returns=Queue(),
        billing=Queue(ok=4, left={"first_reply": 780}),
        vip=Queue(ok=1, at_risk=1, left={"first_reply": 25.9}),
        support=Queue(ok=30, at_risk=8, left={"next_reply": 198}),
        sales=Queue(
            ok=12,
            at_risk=3,
            breached=2,
            late={"first_reply": 1030},
            left={"first_reply": 41},
        ),
        complaints=Queue(ok=3, breached=5, late={"window": 3905}),
        partners=Queue(silent=True),
    ) == [
        ("partners", "stale", UNKNOWN),
        ("complaints · 8", "late 5 · 1 h 05", -3905),
        ("sales · 17", "late 2 · 17 min", -1030),
        ("vip · 2", "at risk 1 · 25 s", 25.9),
        ("support · 38", "at risk 8 · 3 min", 198),
        ("billing · 4", "13 min", 780),
        ("returns", "clear", CLEAR),
    ]


def test_all_late_is_late() -> None:
    """A queue whose customers are all late has no time left, and is not clear."""
    assert board(sales=Queue(breached=9, late={"first_reply": 3905})) == [
        ("sales · 9", "late 9 · 1 h 05", -3905)
    ]


def test_every_promise_counts_and_nobody_twice() -> None:
    """The worst of all measures is told; a customer with three waits is one."""
    late = {"first_reply": 30, "next_reply": 7500, "window": 60}
    left = {"first_reply": 300, "next_reply": 59.99, "resolution": 90_000}
    assert board(
        sales=Queue(breached=1, late=late, left=left), vip=Queue(ok=1, left=left)
    ) == [
        ("sales · 1", "late 1 · 2 h 05", -7500),
        ("vip · 1", "59 s", 59.99),
    ]


def test_times_are_rounded_down_and_go_on_after_a_day() -> None:
    """60 s is a minute, 3,600 s an hour, 26 hours are 26 hours."""
    seconds = (0, 59.9, 60, 3599, 3600, 36_059, 93_942, 360_000)
    said = [
        "0 s",
        "59 s",
        "1 min",
        "59 min",
        "1 h 00",
        "10 h 00",
        "26 h 05",
        "100 h 00",
    ]
    queues = {
        f"q{n}": Queue(ok=1, left={"first_reply": left})
        for n, left in enumerate(seconds)
    }
    assert [says for _, says, _ in board(**queues)] == said


def test_queues_of_equal_urgency_have_the_same_value() -> None:
    """So the panel's own steps put them in the order of their names."""
    equal = Queue(ok=1, left={"first_reply": 60})
    assert board(b=equal, a=equal) == [("a · 1", "1 min", 60), ("b · 1", "1 min", 60)]


def test_paused_clocks_wait_for_the_customer() -> None:
    """Where all is paused nobody waits for us."""
    assert board(sales=Queue(paused=7)) == [("sales", "clear", CLEAR)]


def test_a_night_is_not_late() -> None:
    """What stands still until Monday says why; a window goes on by night, too."""
    waiting = {"ok": 4, "left": {"first_reply": 700.0}}
    assert board(sales=Queue(**waiting, closed=True)) == [
        ("sales · 4", "closed · 11 min", 700)
    ]
    assert board(sales=Queue(**waiting)) == [("sales · 4", "11 min", 700)]


def test_what_is_late_stays_late_at_night() -> None:
    """A promise that broke before closing is still owed."""
    assert board(
        sales=Queue(breached=1, late={"first_reply": 60}, closed=True),
    ) == [("sales · 1", "late 1 · 1 min", -60)]


def test_a_wait_that_is_known_is_told_though_its_source_is_silent() -> None:
    """Bad news of a silent source is no less true; good news is."""
    left = {"first_reply": 200}
    assert board(
        late=Queue(breached=1, late={"first_reply": 9}, silent=True),
        some=Queue(ok=1, left=left, silent=True),
        none=Queue(silent=True),
    ) == [
        ("none", "stale", UNKNOWN),
        ("late · 1", "late 1 · 9 s", -9),
        ("some · 1", "3 min", 200),
    ]


def test_a_muted_queue_is_known_by_its_row() -> None:
    """The word stands for how many wait there; all else is said as of any queue."""
    late = {"breached": 2, "ok": 1, "late": {"first_reply": 61.0}}
    assert board(
        sales=Queue(**late, muted=True), vip=Queue(**late), none=Queue(muted=True)
    ) == [
        ("sales · muted", "late 2 · 1 min", -61),
        ("vip · 3", "late 2 · 1 min", -61),
        ("none · muted", "clear", CLEAR),
    ]


def test_a_muted_queue_keeps_less_of_its_name() -> None:
    """The word is longer than a number; what is cut already is cut once."""
    names = ("mammoth-program", "mammoth-programm", "customer-success-emea", "a" * 13)
    rows = board(**dict.fromkeys(names, Queue(muted=True)))
    assert [row for row, _, _ in rows] == [
        "aaaaaaaaaaaaa · muted",
        "custom…s-emea · muted",
        "mammot…ogramm · muted",
        "mammot…rogram · muted",
    ]


def test_a_source_is_silent_when_no_worker_heard_of_it() -> None:
    """Each worker hears of its own partitions only."""
    assert board(sales=Queue(silent=True, heard_by=1)) == [("sales", "clear", CLEAR)]


def test_figures_of_several_workers_add_up() -> None:
    """Customers do; times are the worst, and what the config says is said once."""
    queue = Queue(breached=2, ok=1, late={"first_reply": 61}, left={"window": 600})
    moment = Moment(queues={"sales": queue, "vip": Queue(silent=True)}, workers=3)
    assert moment.reads(BOARD) == [
        ("vip", "stale", UNKNOWN),
        ("sales · 9", "late 6 · 1 min", -61),
    ]


def test_a_part_of_the_truth_is_no_number() -> None:
    """With two of four partitions every queue is unknown."""
    queues = {"sales": Queue(breached=2, late={"first_reply": 9}), "vip": Queue()}
    assert Moment(queues=queues, assigned=2).reads(BOARD) == [
        ("sales", "partial", UNKNOWN),
        ("vip", "partial", UNKNOWN),
    ]


def test_twelve_queues_fit_and_the_rest_is_counted() -> None:
    """The twelve most urgent, and how many are less so."""
    queues = {
        f"q{n:02}": Queue(ok=1, left={"first_reply": 60 * n}) for n in range(1, 16)
    }
    rows = board(**queues)
    assert [row[0] for row in rows[:12]] == [f"q{n:02} · 1" for n in range(1, 13)]
    assert rows[12:] == [("and 3 more", "less urgent", 2_000_000_000)]
    assert len(board(**dict([*queues.items()][:12]))) == 12


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    """So that two of one beginning differ; each has its row, whatever is read."""
    queues = ("customer-success-emea", "customer-success-apac", "customer-excess-apac")
    waiting = Queue(ok=1, left={"first_reply": 60})
    assert [row[0] for row in board(**dict.fromkeys(queues, waiting))] == [
        "customer…ss-apac · 1",
        "customer…ss-apac · 1",
        "customer…ss-emea · 1",
    ]


def test_a_wall_of_one_team_shows_its_queues() -> None:
    """By `team` of the config; also by queue, and by both."""
    moment = Moment(
        queues={
            "berlin": Queue(team="emea"),
            "paris": Queue(team="emea"),
            "tokyo": Queue(team="apac"),
            "nowhere": Queue(),
        }
    )

    def names(**chosen: str) -> list[str]:
        return [row[0] for row in moment.reads(BOARD, **chosen)]

    assert names() == ["berlin", "nowhere", "paris", "tokyo"]
    assert names(team="emea") == ["berlin", "paris"]
    assert names(queue="tokyo") == ["tokyo"]
    assert names(queue="tokyo", team="emea") == []


def test_a_queue_that_only_events_name_is_on_the_wall_of_all_teams() -> None:
    """Nobody configured it; somebody waits there."""
    moment = Moment(
        queues={
            "berlin": Queue(team="emea"),
            "ghost": Queue(configured=False, ok=1, left={"first_reply": 60}),
        }
    )
    assert [row[0] for row in moment.reads(BOARD)] == ["ghost · 1", "berlin"]
    assert [row[0] for row in moment.reads(BOARD, team="emea")] == ["berlin"]


def test_no_worker_is_an_empty_answer() -> None:
    """Grafana says "no data" then, and only then."""
    assert board() == []
