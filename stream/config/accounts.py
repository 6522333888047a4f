"""What is odd about an account: nobody hears it, or it is no id of Meta's."""

import re
from collections.abc import Iterator

from stream.config.model import Config
from stream.config.sources import WITH_DOOR, Sources
from stream.config.unkept import REMEDY
from stream.sla.events import Channel
from stream.sla.policy import Attributes

Odd = tuple[tuple[str | int, ...], str]

_PHONE = re.compile(r"\d{7,14}")
"""A number of E.164. It may have 15 digits; so have Meta's ids, at least."""


def odd_accounts(config: Config, sources: Sources) -> Iterator[Odd]:
    """Of each queue, and of `statuses_from`; in no order."""
    listed: set[str] = set()
    for name, queue in config.queues.items():
        listed |= {*queue.accounts}
        for index, account in enumerate(queue.accounts):
            place = ("queues", name, "accounts", index)
            channel, _, number = account.partition(":")
            if channel not in WITH_DOOR:
                if not sources.is_told(Attributes(channel, number, name)):
                    text = f"is silent for ever: no webhook brings {channel}"
                    yield place, f"{text}; {REMEDY}"
            # Who writes events of it may call an account whatever they like.
            elif account not in config.statuses_from:
                yield from ((place, text) for text in _no_id(channel, number))
    for index, name in enumerate(config.statuses_from):
        if ":" in name and listed and name not in listed:
            yield ("statuses_from", index), f"no queue lists the account {name!r}"


def _no_id(channel: str, number: str) -> Iterator[str]:
    """Of an account of Meta's, whose webhooks name ids."""
    is_whatsapp = channel == Channel.WHATSAPP
    what = "phone number id (WhatsApp > API Setup)" if is_whatsapp else "page's id"
    if not (number.isascii() and number.isdigit()):
        yield f"{number!r} is silent for ever: write the {what}, which has digits only"
    elif is_whatsapp and _PHONE.fullmatch(number):
        said = "looks like a phone number, and is silent for ever then"
        yield f"{number} {said}: write the {what}, of 15 digits or more"
