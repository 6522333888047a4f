"""Our own processes beside a stack."""

from dev.system import PROCESSES, reserve_ports, scrape_targets


def test_prometheus_scrapes_the_ports_with_metrics():
    """A job a process; intake's is not where its webhooks come in."""
    ports = reserve_ports()

    targets = scrape_targets(ports)

    assert tuple(targets) == PROCESSES
    assert targets["intake"] == f"127.0.0.1:{ports['intake_metrics']}"
    assert targets["worker"] == f"127.0.0.1:{ports['worker']}"
    assert len(set(ports.values())) == len(PROCESSES) + 1
