"""Names that say nothing, for customers and for what bears a customer's name.

As of a webhook (`stream/channels/pseudonym.py`): with the same secret, the customer of
a history is the customer whom the intake will hear of.
"""

import hashlib
import hmac
import re

from stream.channels.pseudonym import LENGTH, pseudonym
from stream.channels.whatsapp_contacts import bare, is_phone
from stream.sla.events import Channel

_PSEUDONYM = re.compile(r"[0-9a-f]{16,64}")
"""No phone number: these have fifteen digits at most (E.164)."""
_ADDRESS = re.compile(r"@|\+\d[\d ()-]{5}")
"""In an e-mail address, or an international phone number."""
_BY_PHONE = {Channel.WHATSAPP, Channel.SMS}
"""Channels on which a conversation that is named by digits is named by a number."""
_SHORTEST_PHONE = 7


class Nameless:
    """Makes pseudonyms with `secret`; empty where there is none."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def customer(self, channel: str, account: str, name: str) -> str:
        """The pseudonym of a customer; one that is a pseudonym already stays."""
        if _PSEUDONYM.fullmatch(name):
            return name
        return pseudonym(self._secret, channel, account, bare(name))

    def thing(self, channel: str, name: str) -> str:
        """The id of a conversation or message, unless it is somebody's address."""
        is_number = channel in _BY_PHONE and is_phone(name)
        if _ADDRESS.search(name) or (is_number and len(name) >= _SHORTEST_PHONE):
            return self.digest(channel, bare(name))
        return name

    def digest(self, *said: str) -> str:
        """Twenty hex digits that are the same for the same words."""
        text = "\x1f".join(said).encode("utf-8", "surrogatepass")
        return hmac.digest(self._secret, text, hashlib.sha256).hex()[:LENGTH]
