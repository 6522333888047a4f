"""What nobody needs at 3 a.m. and somebody does later: an alert's *Details*. Pure."""

from alerts.alert import Alert
from alerts.slack.mrkdwn import date, name, span


def conversation_of(alert: Alert) -> str:
    """The conversation's pseudonym, to stand between backquotes."""
    return name(alert.ground.conversation_id, 512).replace("`", "'")


def details_of(alert: Alert) -> list[str]:
    """Lines of mrkdwn: under what it was promised, when that was noticed, where."""
    ground = alert.ground
    instant = "the deadline" if alert.is_broken else "the warning point"
    since = instant if ground.known_at is None else "it could be known"
    noticed = date(ground.noticed_at, alert.deadline)
    conversation = conversation_of(alert)
    lines = [
        f"Noticed {span(alert.lateness)} after {since}, at {noticed}",
        f"Account {name(ground.account)}",
        f"Conversation `{conversation}`",
        f"Its story: `replyclock explain {conversation}`",
    ]
    if ground.policy is not None:
        version = f", version {name(ground.policy_version or 'unknown')}"
        lines.insert(0, f"Policy *{name(ground.policy)}*{version}")
    return lines
