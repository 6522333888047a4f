"""Replay: a file of events, with the time of their arrival, the same every time."""

from msgspec.structs import replace

from stream.config import parse_config
from stream.records import encode_event, encode_fact
from stream.replay.replay import BadLineError, Replay
from stream.sla.events import AttributesEvent
from stream.sla.instants import from_ms
from tests.shelf import of
from tests.timelines import CONFIG, at, customer, reply

RULES = parse_config(CONFIG, "test.yaml").rules()


def run(*events, until: float | None = None):
    """What comes of events (or raw lines), as `conversation kind@minute`."""
    replay = Replay(RULES)
    lines = [e if isinstance(e, bytes) else encode_event(e) for e in events]
    said = list(replay.lines(lines))
    said += replay.run_until(replay.now if until is None else at(until))
    return said


def told(*events, until: float | None = None) -> list[str]:
    return [
        f"{f.conversation_id} {f.kind}@{(f.at - at(0)) / 60_000:g}"
        for f in run(*events, until=until)
        if f.measure
    ]


def arriving(minute: float, event):
    """The same event, at the intake at `minute`."""
    return replace(event, received_at=from_ms(at(minute)))


def test_the_same_bytes_every_time():
    """Two runs over one file write the same bytes."""
    events = [customer(0), of("b", customer(1)), of("b", reply(3)), reply(30)]

    first = [encode_fact(fact) for fact in run(*events)]

    assert len(first) > 8
    assert first == [encode_fact(fact) for fact in run(*events)]


def test_facts_come_in_the_order_of_conclusion():
    """What is due is told between the arrivals it falls between."""
    events = [customer(0), of("b", customer(1)), of("b", reply(6)), reply(12)]

    assert told(*events) == [
        "c clock_started@0",
        "b clock_started@1",
        "c warned@5",
        "b met@6",
        "c warned@8",
        "c breached@10",
        "c answered_late@12",
    ]


def test_time_ends_with_the_last_arrival():
    """Without --until nothing is concluded that the last arrival did not see."""
    assert told(customer(0), of("b", customer(4))) == [
        "c clock_started@0",
        "b clock_started@4",
    ]


def test_time_runs_on_as_far_as_asked():
    """With --until a deadline passes that no event saw, and lateness counts."""
    late = 10 + 2 / 60

    assert told(customer(0), until=late)[-1] == "c breached@10"
    assert told(customer(0), until=late - 0.001)[-1] == "c warned@8"


def test_a_conclusion_is_noticed_after_the_lateness():
    """`noticed_at` is when a worker would have noticed."""
    breached = run(customer(0), until=60)[-1]

    assert (breached.at, breached.noticed_at) == (at(10), at(10) + 2000)


def test_arrival_decides_what_was_known():
    """A reply in time that arrives late takes the breach back."""
    events = [customer(0), arriving(11, reply(9))]

    assert told(*events)[-3:] == [
        "c breached@10",
        "c breach_retracted@9",
        "c met@9",
    ]


def test_a_reply_that_arrives_within_the_lateness_is_in_time():
    """The reply at the very deadline, two seconds under way, meets the promise."""
    events = [customer(0), arriving(10 + 2 / 60, reply(10))]

    assert told(*events)[-2:] == ["c warned@8", "c met@10"]


def test_a_bad_line_is_told_by_its_number_and_the_rest_goes_on():
    """Blank lines count, bad ones are told where they stand."""
    said = run(customer(0), b"\n", b"{}", b"?", reply(3))

    faults = [str(one) for one in said if isinstance(one, BadLineError)]
    assert faults == [
        "3: Object missing required field `kind`",
        "4: JSON is malformed: invalid character (byte 0)",
    ]
    assert said[-1].kind == "met"


def test_attributes_before_the_first_message_are_remembered():
    """A customer known as VIP a minute before the first words is one."""
    known = AttributesEvent(
        v=1,
        event_id="a",
        occurred_at=from_ms(at(0)),
        conversation_id="c",
        channel=customer(0).channel,
        account="1",
        tier="vip",
    )
    other = of("b", customer(0.5))

    facts = run(known, other, customer(1))
    assert facts[-1].policy == "vip"
