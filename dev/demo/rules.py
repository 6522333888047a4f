"""The demo's rules: those of `config/sla.yaml`, a queue that climbs, one of a storm."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from dev.demo import storm
from dev.demo.climbs import BROKEN, ESCALATED, QUEUE, WARNED
from dev.demo.matters import CATEGORIES
from dev.places import CONFIG

LEADS, WEBSITE, DELIVERY = "team-lead", "website-slack", "delivery-slack"
WEBSITE_CHANNEL, STORM_CHANNEL, LEADS_CHANNEL = "C0SUPPORT", "C0DEMO", "C0LEADS"
AHEAD = timedelta(seconds=10)
"""A digest is not due before the first facts are there: that would be nobody's."""


def write_rules(folder: Path, digest_at: datetime | None = None) -> Path:
    """Write the file; `digest_at`: when the leads are told of yesterday."""
    rules = YAML(typ="safe").load(CONFIG)
    rules["categories"] = list(CATEGORIES)
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
    rules["queues"][storm.QUEUE] = {}
    rules["policies"].insert(
        0,
        {
            "name": storm.QUEUE,
            "match": {"queue": storm.QUEUE},
            "targets": {"first_reply": {"within": f"{storm.WITHIN // 1000}s"}},
        },
    )
    alerts = rules["alerts"]
    alerts["storm"] = storm.LIMITS
    told = ["warning", "breach", "escalation"]
    route = {"match": {"queue": QUEUE}, "to": WEBSITE, "tell": told}
    alerts["routes"].insert(0, route)
    alerts["routes"].insert(0, {"match": {"queue": storm.QUEUE}, "to": DELIVERY})
    alerts["receivers"] |= {
        WEBSITE: {"slack": {"channel": WEBSITE_CHANNEL}},
        DELIVERY: {"slack": {"channel": STORM_CHANNEL}},
        LEADS: {"slack": {"channel": LEADS_CHANNEL, "mention": "@here"}},
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
