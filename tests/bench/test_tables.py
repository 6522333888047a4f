"""Tables and charts of the performance page, of fixed figures."""

from bench.charts import growth_chart, growth_table, live_table, loss_table
from bench.growth import Growth
from bench.live import Delay, Live
from bench.loss import Event, Loss
from bench.one_write.measure import OneWrite
from bench.one_write.table import one_write_table


def one(program: str, cpu: float, wall: float) -> OneWrite:
    return OneWrite(
        program=program, events=1000, cpu_seconds=cpu, wall_seconds=wall, wrong=0
    )


def test_one_write_puts_the_ratio_first():
    """Ours to each peer, pair by pair: the median, and whether it is enough."""
    runs = [
        *(
            one("replyclock", 1.0, 2.0),
            one("aiokafka", 0.5, 1),
            one("kafka-streams", 2.0, 1),
        ),
        *(
            one("replyclock", 2.0, 2.0),
            one("aiokafka", 1.0, 1),
            one("kafka-streams", 8.0, 1),
        ),
        *(
            one("replyclock", 1.0, 4.0),
            one("aiokafka", 0.4, 1),
            one("kafka-streams", 1.0, 1),
        ),
    ]
    streams, ceiling = one_write_table(runs).splitlines()[2:]
    assert streams == (
        "| Kafka Streams, one thread | **2.0x (1.0..4.0)** | at least 1.5x: reached"
        " | 1,000 | 500 | 500 | 1,000 |"
    )
    assert "**0.5x (0.4..0.5)** | at least 0.6x: 83% of it |" in ceiling


def test_live_traffic():
    """Delays are seconds above what is waited for on purpose."""
    run = Live(
        what="30 % of the most",
        events=2000,
        rate=100.0,
        breaches=50,
        missing=1,
        detection=Delay(0.05, 0.2, 0.312),
        reply=Delay(0.01, 0.1, 0.2),
        load=0.31,
    )
    assert live_table([run]).splitlines()[2] == (
        "| 30 % of the most | 100 | 31% | 50 | 1 | 0.20 s | 0.31 s | 0.10 s | 0.20 s |"
    )


def grown(conversations: int, cpu: float) -> Growth:
    return Growth(
        conversations=conversations,
        workers=1,
        cpu_seconds=cpu,
        wall_seconds=2.0,
        events=1000,
        scrape_seconds=0.0123,
    )


def test_growth():
    """A row for each size, and a line that is level where growth is linear."""
    runs = [grown(10_000, 0.5), grown(100_000, 1.0)]
    rows = growth_table(runs).splitlines()[2:]
    assert rows == [
        "| 10,000 | 1 | 2,000 | 500 | 12 ms |",
        "| 100,000 | 1 | 1,000 | 500 | 12 ms |",
    ]
    chart = growth_chart(
        "CPU",
        "us",
        runs,
        lambda run: f"{run.conversations:,}",
        lambda run: run.cpu_seconds / run.events * 1e6,
    )
    assert 'x-axis ["10,000", "100,000"]' in chart
    assert 'y-axis "us" 0 --> 1500' in chart
    assert "line [500, 1000]" in chart


def test_losses():
    """What is gone, what came twice; and a worker that never finished says so."""
    lost = Loss(
        side="stock-faust",
        event=Event.KILL,
        is_done=False,
        facts=4450,
        missing=5,
        repeated=2,
        unexpected=0,
    )
    assert loss_table([lost]).splitlines()[2] == (
        "| stock-faust | kill -9 | 5 of 4,450 | 2 | 0 | did not come to its end |"
    )
