"""Examples: each kind of message, under the rules in force where they can say it."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from alerts.alert import Alert, alert_key
from alerts.customer import Customers
from alerts.destination import destination_of
from alerts.preview.kinds import DIGEST, KINDS, NAMES, SUMMARY, Kind, alert_of
from alerts.preview.lists import LISTS, listing_of
from alerts.preview.mornings import morning
from alerts.preview.notices import call_of, entry_of
from alerts.preview.places import places
from alerts.preview.stories import KEYS
from alerts.routing import receiver_of
from alerts.slack.blocks import Message, message_of
from alerts.slack.buttons import Controls
from alerts.slack.listing import list_message
from alerts.slack.summing_up import summing_up
from alerts.summary import Summary
from stream.config import Config, load_config
from stream.sla.instants import MINUTE

_DIGEST_TITLE = "Yesterday, and on Mondays last week"
_SUMMARY_TITLE = "Broken and over before anybody could be told"
_EXAMPLE_RULES = Path(__file__).with_name("example.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A message as it would be in `channel`, at `at` (ms).

    `is_own`: under the rules in force, which else never say it.
    """

    kind: str
    title: str
    receiver: str
    channel: str
    at: int
    message: Message
    is_own: bool

    def plain(self) -> dict[str, Any]:
        """As JSON has it; the last three are what Slack is sent."""
        return {
            "kind": self.kind,
            "rules": "own" if self.is_own else "example",
            "receiver": self.receiver,
            "channel": self.channel,
            "text": self.message.text,
            "blocks": self.message.blocks,
        }


def examples(config: Config, kinds: Collection[str] = NAMES) -> list[Example]:
    """One of each of `kinds`; what `config` never says is under an example's rules."""
    own = _Maker(config, is_own=True)
    other = _Maker(load_config(_EXAMPLE_RULES), is_own=False)
    made = [own.make(name) or other.make(name) for name in NAMES if name in kinds]
    return [example for example in made if example is not None]


class _Maker:
    """Makes the examples of one config."""

    def __init__(self, config: Config, *, is_own: bool) -> None:
        self._config = config
        self._is_own = is_own
        self._customers = Customers(KEYS, config, lambda _: None)

    def make(self, name: str) -> Example | None:
        """The example called `name`; None where the rules never come to it."""
        if name == SUMMARY:
            return self._summary()
        if name == DIGEST:
            return self._digest()
        if name in LISTS:
            return self._list(name)
        # Each kind begins with another queue, so that more of them are seen.
        *queues, unrouted = self._config.queue_names
        first = NAMES.index(name) % (len(queues) or 1)
        for queue in (*queues[first:], *queues[:first], unrouted):
            alert = self._alert(KINDS[name], queue)
            if alert is not None and (example := self._told(name, alert)) is not None:
                return example
        return None

    def _alert(self, kind: Kind, queue: str) -> Alert | None:
        """The first that the rules make of it, where that queue has the work."""
        for measure in kind.measures:
            for place in places(self._config, queue, measure):
                alert = alert_of(kind, measure, place, self._config)
                if alert is not None:
                    return alert
        return None

    def _told(self, name: str, alert: Alert) -> Example | None:
        """None where it is told nobody."""
        kind, config = KINDS[name], self._config.alerts
        entry = entry_of(kind, alert, config)
        at = alert.last.noticed_at
        where = destination_of(entry, alert, config, at)
        cause = entry.cause
        if not where.is_told or cause is None:
            return None
        call = call_of(entry, where) if kind.calls else None
        if kind.calls:
            at = cause.noticed_at
        handling = kind.handling(at)
        at += 2 * MINUTE if kind.pressed else 0
        controls = Controls(key=alert_key(alert.ground), handling=handling, now=at)
        shown = self._customers.shown(alert)
        message = message_of(alert, where.mention, shown, call=call, controls=controls)
        return self._example(name, kind.title, where.receiver, at, message)

    def _digest(self) -> Example | None:
        told = morning(self._config)
        return told and self._example(DIGEST, _DIGEST_TITLE, *told)

    def _summary(self) -> Example | None:
        """Of whoever would be told the most, if a wait ended so in each queue."""
        receiver, told = self._of_one_receiver("answered", "ended")
        if not told:
            return None
        at = max(alert.last.noticed_at for alert in told)
        message = summing_up(_summary_of(receiver, told))
        return self._example(SUMMARY, _SUMMARY_TITLE, receiver, at, message)

    def _list(self, name: str) -> Example | None:
        """Of whoever would be told the most, if all promises broke at once."""
        receiver, told = self._of_one_receiver("first_reply", "next_reply")
        if not told:
            return None
        kind = LISTS[name]
        listing = listing_of(kind, receiver, told)
        mention = self._config.alerts.receivers[receiver].mention
        message = list_message(
            listing, mention, lambda alert: self._customers.shown(alert).link
        )
        at = listing.ended or listing.began
        return self._example(name, kind.title, receiver, at, message)

    def _of_one_receiver(self, *kinds: str) -> tuple[str, list[Alert]]:
        """Alerts of `kinds` of every queue, as far as one receiver is told of them."""
        every = product((KINDS[kind] for kind in kinds), self._config.queue_names)
        found = [self._alert(kind, queue) for kind, queue in every]
        alerts = [alert for alert in found if alert is not None]
        if not alerts:
            return "", []
        ((receiver, _),) = Counter(map(self._receiver, alerts)).most_common(1)
        told = [alert for alert in alerts if self._receiver(alert) == receiver]
        return receiver, sorted(told, key=lambda alert: alert.deadline)

    def _receiver(self, alert: Alert) -> str:
        return receiver_of(alert.ground, self._config.alerts, alert.last.noticed_at)

    def _example(
        self, kind: str, title: str, receiver: str, at: int, message: Message
    ) -> Example:
        return Example(
            kind=kind,
            title=title,
            receiver=receiver,
            channel=self._config.alerts.receivers[receiver].place,
            at=at,
            message=message,
            is_own=self._is_own,
        )


def _summary_of(receiver: str, alerts: Sequence[Alert]) -> Summary:
    deadlines = [alert.ground.at for alert in alerts]
    summary = Summary(
        receiver=receiver,
        first=min(deadlines),
        last=max(deadlines),
        longest=max(alert.last.at - alert.ground.at for alert in alerts),
    )
    for alert in alerts:
        assert alert.ground.measure is not None  # an alert is of a clock
        key = alert.ground.queue, alert.ground.measure
        summary.counts[key] = summary.counts.get(key, 0) + 1
    return summary
