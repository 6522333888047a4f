"""`make demo`: start everything, play traffic, show what happens, judge it."""

import asyncio
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import click

from dev.demo.figures import ask_for_samples, judge_live, judge_offline
from dev.demo.judgement import (
    Line,
    differences,
    judge,
    timeliness,
    verdict_differences,
)
from dev.demo.parts import judge_parts
from dev.demo.pictures import take_pictures
from dev.demo.pressing import PRESSES, press_all
from dev.demo.rules import DELIVERY, STORM_CHANNEL, next_minute, write_rules
from dev.demo.seen import ask_prometheus, look, percentile, save
from dev.demo.traffic import write_traffic
from dev.faults import StackError
from dev.places import CACHE
from dev.slack.client import SlackStandIn
from dev.stack import Stack
from dev.system import (
    PROCESSES,
    System,
    reserve_ports,
    scrape_targets,
)
from grafana.check_wall import check_wall
from stream.config import load_config
from stream.simulator.play import Play
from stream.simulator.sending import Sent, send_play
from stream.sla.policy import Rules

CHANNELS = ("C0SALES", "C0OPS", "C0SUPPORT", "C0LEADS", STORM_CHANNEL)
EPISODE = 300
"""Seconds of traffic that are written at once when the demo has no end."""
SETTLE = 20.0
"""Seconds after the last webhook within which everything must have come out."""
TOLD_WITHIN = 10.0
"""Seconds from when a digest is due."""
START_LIMIT = 30.0
PICTURE = 32_500
"""Milliseconds from the first webhook."""


@click.command()
@click.option("--seconds", type=click.IntRange(30), help="Stop by itself and judge.")
@click.option("--rate", default=200, show_default=True, help="Webhooks a second.")
@click.option("--seed", default=1, show_default=True)
@click.option("--folder", default=CACHE / "demo", type=click.Path(path_type=Path))
@click.option(
    "--pictures",
    type=click.Path(path_type=Path),
    help="Take slack.png and a picture of each dashboard while the traffic plays.",
)
def main(
    *, seconds: int | None, rate: int, seed: int, folder: Path, pictures: Path | None
) -> None:
    """Run the demo; exit 1 when anything promised did not happen.

    Example: python -m dev.demo --seconds 60
    """
    # SIGINT, too: a shell's background job is born with it ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        ok = run_demo(seconds, rate, seed, folder, pictures)
    except StackError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("\nstopped; nothing is left behind")
        ok = True
    sys.exit(0 if ok else 1)


def run_demo(
    seconds: int | None, rate: int, seed: int, folder: Path, pictures: Path | None
) -> bool:
    """Whether everything that the traffic knows to be true came out."""
    began = time.monotonic()
    ports = reserve_ports()
    with Stack.start(
        folder, prometheus_targets=scrape_targets(ports), on_progress=click.echo
    ) as stack:
        system = System(stack, ports=ports, config=write_rules(folder))
        system.start()
        system.wait_ready()
        took = time.monotonic() - began
        click.echo(f"intake, worker and alerts are ready; all of it took {took:.1f} s")
        _show_addresses(stack, system)
        rules, digest_at = _ask_for_digest(folder, system)
        if seconds is None:
            _play_on(rules, system, rate, seed)
        play = _play(rules, rate, seed, seconds or EPISODE)
        sent = asyncio.run(_perform(play, system, pictures))
        settle = max(SETTLE, digest_at.timestamp() - time.time() + TOLD_WITHIN)
        lines = _wait_for_truth(play, sent, system, rules, folder=folder, settle=settle)
    lines.append(Line("start until alerts are possible", START_LIMIT, took, limit=True))
    click.echo(f"\n  {'':<6}{'':<44}{'expected':>10}{'came out':>12}")
    for line in lines:
        click.echo(str(line))
    ok = all(line.holds for line in lines)
    click.echo(f"\n{timeliness(sent.lag, ok=ok)}")
    click.echo(f"events kept in {folder / 'events.jsonl'}, for replyclock replay")
    return ok


def _ask_for_digest(folder: Path, system: System) -> tuple[Rules, datetime]:
    """Have the leads told of yesterday soon; the rules that are in force, and when."""
    at = next_minute(datetime.now(UTC))
    rules = load_config(write_rules(folder, at)).rules()
    system.reload()
    click.echo(f"  digest            at {at:%H:%M} UTC, in C0LEADS")
    return rules, at


def _play(rules: Rules, rate: int, seed: int, seconds: int, first: int = 0) -> Play:
    play = write_traffic(rules, rate, seed, seconds, first=first)
    click.echo(f"playing {play.truth.webhooks} bodies, about {rate} a second")
    return play


def _play_on(rules: Rules, system: System, rate: int, seed: int) -> None:
    """Episode after episode until Ctrl-C."""
    click.echo("Ctrl-C stops everything")
    first = 0
    while True:
        play = _play(rules, rate, seed, EPISODE, first)
        asyncio.run(_perform(play, system))
        first += play.truth.sessions


async def _perform(play: Play, system: System, pictures: Path | None = None) -> Sent:
    """Send the play, and say what Slack is told meanwhile."""
    slack = SlackStandIn(system.stack.slack_page_url)
    beside = [asyncio.create_task(_tell(slack)), asyncio.create_task(press_all(slack))]
    if pictures is not None:
        # A storm, climbs that are taken, snoozed, escalated: all are on the page now.
        at = play.deliveries[0].at + PICTURE
        beside.append(asyncio.create_task(_picture(pictures, at, system.stack)))
    try:
        return await send_play(
            play.deliveries, system.url("intake"), system.app_secrets
        )
    finally:
        for task in beside:
            task.cancel()


async def _picture(folder: Path, at: int, stack: Stack) -> None:
    await asyncio.sleep(at / 1000 - time.time())
    await asyncio.to_thread(
        take_pictures, folder, stack.slack_page_url, stack.prometheus_url
    )


async def _tell(slack: SlackStandIn) -> None:
    """Print each message of Slack when it comes and when it changes."""
    known: dict[tuple[str, str], int] = {}
    while True:
        for channel in CHANNELS:
            for message in await asyncio.to_thread(slack.messages, channel):
                key = (channel, message["ts"])
                edits = len(message["edits"])
                if known.get(key) != edits:
                    known[key] = edits
                    what = "edited" if edits else "posted"
                    now = time.strftime("%H:%M:%S")
                    click.echo(f"{now} slack {channel} {what}: {message['text']}")
        await asyncio.sleep(1)


def _wait_for_truth(
    play: Play,
    sent: Sent,
    system: System,
    rules: Rules,
    *,
    folder: Path,
    settle: float,
) -> list[Line]:
    """The judgement, once all of it holds or `settle` seconds are over."""
    deadline = time.monotonic() + settle
    while True:
        seen = asyncio.run(
            look(
                system.stack.broker,
                "conversations.events",
                "sla.facts",
                SlackStandIn(system.stack.slack_page_url),
                CHANNELS,
            )
        )
        counters = read_counters(system.stack.prometheus_url)
        lines = judge(play.truth, seen, sent.answers[200], counters)
        for word in ("Taken", "Snoozed"):
            lines.append(Line(f"{word.lower()} in Slack", 1, seen.pressed(word)))
        lines.append(Line("Prometheus: presses", len(PRESSES), counters["presses"]))
        lines.append(Line("digests told in Slack", 1, len(seen.digests)))
        lines.append(Line("Prometheus: digests", 1, counters["digests"]))
        lines += judge_parts(play.truth.parts, seen.facts, system.id_secret)
        lines += judge_live(play.truth, ask_for_samples(system.stack.prometheus_url))
        if all(line.holds for line in lines) or time.monotonic() > deadline:
            break
        if not all(map(system.is_running, PROCESSES)):
            break  # what is missing now will not come
        time.sleep(1)
    save(folder, seen)
    config = load_config(folder / "sla.yaml")
    lines += judge_offline(play.truth, seen.facts, config, folder / "facts")
    silent = check_wall(system.stack.prometheus_url)
    for fault in silent:
        click.echo(fault)
    lateness = rules.allowed_lateness / 1000
    return [
        *lines,
        Line(
            "replay: cycles with another verdict",
            0,
            verdict_differences(rules, seen.events, seen.facts),
        ),
        Line(
            "replay: facts told otherwise",
            0,
            differences(rules, seen.events, seen.facts),
        ),
        Line("wall: queries without an answer", 0, len(silent)),
        Line(
            "detection delay p99, lateness included",
            lateness + 1,
            percentile(seen.detection_delays(), 99),
            limit=True,
        ),
        Line("alert delay p99", 3, percentile(seen.alert_delays(), 99), limit=True),
    ]


def read_counters(prometheus: str) -> dict[str, float]:
    """What Prometheus counted, over all processes."""
    net = 'sum(replyclock_{}_total{{verdict="{}"}})'
    asked = {
        "events": "sum(replyclock_events_total)",
        "sessions": "sum(replyclock_sessions_opened_total)"
        " - sum(replyclock_sessions_withdrawn_total)",
        "met": f"{net} - {net}".format("verdicts", "met", "retractions", "met"),
        "breached": f"{net} - {net}".format(
            "verdicts", "breached", "retractions", "breached"
        ),
        "posted": 'sum(replyclock_alerts_total{result="posted",kind!="escalated",'
        f'receiver!="{DELIVERY}"}})',
        "presses": "sum(replyclock_presses_total)",
        "digests": "sum(replyclock_digests_total)",
    }
    return {name: ask_prometheus(prometheus, query) for name, query in asked.items()}


def _show_addresses(stack: Stack, system: System) -> None:
    click.echo(f"  Slack (stand-in)  {stack.slack_page_url}")
    click.echo(f"  Prometheus        {stack.prometheus_url}")
    click.echo(f"  Alertmanager      {stack.alertmanager_url}")
    click.echo(f"  intake            {system.url('intake')}")
    click.echo(f"  worker metrics    {system.url('worker')}/metrics")


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
