"""Notices: one alert may need several messages; each has a key and a life of its own.

The first is the alert's and has its key. An edit notifies nobody, so whoever else must
notice is told by a message more (semantics 4.1), with the key `<alert>/<name>`. All of
them are in one entry of the ledger and speak of the same facts.
"""

from stream.sla.facts import Fact, FactKind

_TO = "to:"
BROKEN = "broken"
"""The promise that the first message warned of is broken: who is to act is called."""

_RETURN = "return:"


def return_of(press: str) -> str:
    """The name of the notice that calls when the press of that name is over."""
    return f"{_RETURN}{press}"


def is_return(notice: str | None) -> bool:
    return notice is not None and notice.startswith(_RETURN)


_FOR = "for:"


def notice_of(fact: Fact) -> str | None:
    """The name of the notice that `fact` asks for; None: it asks for no other.

    One a receiver: a step that is told anew, with another date, is no second message.
    """
    if fact.kind is FactKind.ESCALATED:
        return f"{_TO}{fact.to}"
    return None


def key_of(alert: str, notice: str | None) -> str:
    """Key of a notice; `alert` is the alert's (`alerts.alert.alert_key`)."""
    return alert if notice is None else f"{alert}/{notice}"


def fallback_key(key: str, receiver: str) -> str:
    """Of what is told elsewhere, too, while the sink of `receiver` refuses `key`."""
    return key_of(parts_of(key)[0], f"{_FOR}{receiver}")


def instead_of(key: str) -> str | None:
    """The receiver that the notice `key` stands in for; None: it does for nobody."""
    name = parts_of(key)[1] or ""
    return name.removeprefix(_FOR) if name.startswith(_FOR) else None


def parts_of(key: str) -> tuple[str, str | None]:
    """The alert's key and the notice's name; None: the first."""
    alert, _, notice = key.partition("/")
    return alert, notice or None
