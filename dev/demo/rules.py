"""The demo's rules: those of `config/sla.yaml`, and a queue whose alerts climb."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from dev.demo.climbs import BROKEN, ESCALATED, QUEUE, WARNED
from dev.system import CONFIG

LEADS, WEBSITE = "team-lead", "website-slack"
AHEAD = timedelta(seconds=10)
"""A digest is not due before the first facts are there: that would be nobody's."""


def write_rules(folder: Path, digest_at: datetime | None = None) -> Path:
    """Write the file; `digest_at`: when the leads are told of yesterday."""
    rules = YAML(typ="safe").load(CONFIG)
    rules["queues"][QUEUE] = {}
    rules["policies"].insert(
        0,
        {
            "name": QUEUE,
            "match": {"queue": QUEUE},
            "targets": {
                "first_reply": {
                    "within": f"{BROKEN // 1000}s",
                    "warn_at": [f"{100 * WARNED // BROKEN}%"],
                }
            },
            "escalate": [{"after": f"{(ESCALATED - BROKEN) // 1000}s", "to": LEADS}],
        },
    )
    alerts = rules["alerts"]
    told = ["warning", "breach", "escalation"]
    route = {"match": {"queue": QUEUE}, "to": WEBSITE, "tell": told}
    alerts["routes"].insert(0, route)
    alerts["receivers"] |= {
        WEBSITE: {"slack": {"channel": "C0SUPPORT"}},
        LEADS: {"slack": {"channel": "C0LEADS", "mention": "@here"}},
    }
    if digest_at is not None:
        zone = ZoneInfo(rules.get("timezone", "UTC"))
        alerts["receivers"][LEADS]["digest"] = f"{digest_at.astimezone(zone):%H:%M}"
    path = folder / "sla.yaml"
    with path.open("w", encoding="utf-8") as output:
        YAML(typ="safe").dump(rules, output)
    return path


def next_minute(now: datetime) -> datetime:
    """The first full minute that is far enough ahead."""
    return (now + AHEAD + timedelta(minutes=1)).replace(second=0, microsecond=0)
