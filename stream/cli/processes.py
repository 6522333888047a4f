"""The commands that run until they are stopped."""

from stream.cli.group import example, main, start


@main.command(epilog=example("REPLYCLOCK_WHATSAPP_APP_SECRET=… replyclock intake"))
def intake() -> None:
    """Take webhooks over HTTP, verify them, and put their events into Kafka."""
    from stream.intake.process import run_intake  # noqa: PLC0415  keeps --help fast

    start(run_intake)


@main.command(epilog=example("REPLYCLOCK_BROKER=kafka:9092 replyclock worker"))
def worker() -> None:
    """Keep the clocks: events from Kafka in, facts and metrics out."""
    from stream.worker.app import run_stream_worker  # noqa: PLC0415  keeps --help fast

    start(run_stream_worker)
