"""What the channels show: messages and lists as the product makes them, judged."""

from dataclasses import replace

import pytest

from alerts.alert import AlertState, Told, alert_key
from alerts.folding import fold
from alerts.presses.press import Press, PressKind
from alerts.slack.blocks import message_of
from alerts.slack.buttons import Controls
from alerts.slack.listing import list_message
from alerts.storms.listing import Cause, Listing
from dev.chaos.losses import Loss
from dev.chaos.pressing import Pressed
from dev.chaos.shown import differences
from dev.chaos.standing import NOBODY_DID, Acts
from stream.sla.instants import MINUTE
from tests.alerts.cycles import DEADLINE, Cycle

LOSS = Acts(losses=[Loss(since=0, after=0, begun=1, ended=2)])
LIST = "storm:1"
AT = DEADLINE + MINUTE
TAKE = Press(press_id="1", kind=PressKind.TAKE, by="U0ANA", at=AT, until=AT + MINUTE)


def folded(name, *also):
    cycle = Cycle(name)
    facts = [cycle.breached(), *(getattr(cycle, what)() for what in also)]
    alert = fold([Told.of(fact, offset) for offset, fact in enumerate(facts)])
    assert alert is not None
    return alert


ALONE, FIRST, SECOND, OVER = (
    folded("alone"),
    folded("first"),
    folded("second"),
    folded("over", "answered"),
)
WANTED = {alert_key(a.ground): a for a in (ALONE, FIRST, SECOND, OVER)}
STORM = Listing(
    key=LIST,
    version=1,
    cause=Cause.STORM,
    receiver="sales-slack",
    began=DEADLINE,
    is_held=False,
    is_growing=False,
    queues={"sales": 3},
    waiting=2,
    over={AlertState.ANSWERED: 1},
    longest=MINUTE,
    ended=DEADLINE + MINUTE,
    late=2_000,
    overdue=[FIRST, SECOND],
    last_replies={},
)


def as_slack_has(key, message, *before):
    """`before`: earlier versions, replaced one second after the other until `AT`."""
    edits = [
        {"text": m.text, "blocks": m.blocks, "replaced_at": AT - 1000 * number}
        for number, m in enumerate(before)
    ]
    return {
        "metadata": {"event_payload": {"key": key}},
        "text": message.text,
        "blocks": message.blocks,
        "posted_at": DEADLINE,
        "edits": edits,
    }


def own(alert):
    key = alert_key(alert.ground)
    message = message_of(alert, None, controls=Controls(key=key, now=AT))
    return as_slack_has(key, message)


def storm(*before, **changed):
    """The list as Slack has it; `taken`: all of it."""
    if "taken" in changed:
        changed |= {"taken_count": changed.get("waiting", STORM.waiting)}
    earlier = [list_message(replace(STORM, **each)) for each in before]
    return as_slack_has(LIST, list_message(replace(STORM, **changed)), *earlier)


def judged(*messages, acts=NOBODY_DID, may_repeat=False):
    return differences(WANTED, messages, acts, may_repeat=may_repeat)


def test_all_is_told():
    """By a message of its own or by a list: each once, as it is."""
    assert judged(own(ALONE), storm()) == []


LOST = list_message(replace(STORM, cause=Cause.LOST, overdue=()))
OTHER_LIST = {"event_payload": {"key": "storm:2"}}
WRONG = {
    "nobody tells of one": ([own(ALONE)], "never posted"),
    "a list does without one": (
        [own(ALONE), storm(waiting=1, overdue=[FIRST])],
        "never posted",
    ),
    "a list counts one who does not wait": (
        [own(ALONE), storm(overdue=[FIRST, OVER])],
        "over does not wait",
    ),
    "a list counts another number": ([own(ALONE), storm(waiting=3)], "names 2"),
    "a list tells of more": (
        [own(ALONE), storm(over={AlertState.ANSWERED: 2})],
        "tell of 4 broken promises",
    ),
    "by itself, too": ([own(ALONE), own(FIRST), storm()], "told twice"),
    "in two lists": (
        [own(ALONE), storm(), storm() | {"metadata": OTHER_LIST}],
        "told twice",
    ),
    "a list is there twice": ([own(ALONE), storm(), storm()], "posted twice"),
    "a list is given up": (
        [own(ALONE), storm(), as_slack_has("storm:2", LOST)],
        "Redis has lost nothing",
    ),
    "nobody took it": ([own(ALONE), storm(taken=TAKE)], "says taken"),
}


@pytest.mark.parametrize(("messages", "says"), WRONG.values(), ids=WRONG.keys())
def test_what_is_false_is_seen(messages, says):
    """Each thing that a channel may say wrongly is found, and named."""
    found = judged(*messages)
    assert any(says in fault for fault in found), found


def test_a_list_that_redis_lost_may_say_so():
    """Then its alerts are told elsewhere."""
    lost = as_slack_has("storm:2", LOST)
    assert judged(own(ALONE), storm(), lost, acts=LOSS) == []


TOLD = {
    "user": "U0ANA",
    "ts": f"{AT / 1000:.6f}",
    "text": f"All 2 are yours until <!date^{(AT + 30 * MINUTE) // 1000}^x|x>.",
}


def taken(*whispers):
    press = Pressed(
        key=LIST, kind=PressKind.TAKE, by="U0ANA", at=AT, done_at=AT, is_once=True
    )
    return Acts(presses=[press], whispers=whispers)


def test_a_list_that_was_taken_says_so():
    """Where all that it names were there when it was taken."""
    assert judged(own(ALONE), storm({}, taken=TAKE), acts=taken(TOLD)) == []
    [fault] = judged(own(ALONE), storm({}), acts=taken(TOLD))
    assert "says taken None" in fault


def test_who_joins_later_was_not_taken():
    """Then the list says of nobody that he has it."""
    joined = storm({"waiting": 1, "overdue": [FIRST]})
    assert judged(own(ALONE), joined, acts=taken(TOLD)) == []


def test_what_may_repeat_may_be_in_a_list_too():
    """Where Redis and the alerts process forgot at once; nothing is false even then."""
    messages = own(ALONE), own(FIRST), storm()
    assert judged(*messages, acts=LOSS, may_repeat=True) == []
    false = own(ALONE), own(FIRST), storm(overdue=[FIRST, OVER])
    assert judged(*false, acts=LOSS, may_repeat=True)
