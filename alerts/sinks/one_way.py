"""Apprise: a hundred services, told once that a promise is broken, or climbs.

They take words and give nothing back, so nothing is edited or found again. Apprise is
an extra (`pip install "replyclock[apprise]"`) and blocks, so it has its own thread.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from alerts.destination import Destination
from alerts.failure import FailureReason, SinkFailure
from alerts.sinks.request import SECONDS
from alerts.sinks.sink import Saying, instant, tested
from alerts.sinks.webhook_body import plain, whole
from alerts.slack.blocks import Message
from alerts.slack.client import Posted
from stream.process.sinks import Access

NOT_INSTALLED = 'Apprise is not installed: pip install "replyclock[apprise]"'
_TALKATIVE = ("apprise", "requests", "urllib3")
"""Whose log quotes addresses, which hold secrets."""
UNKNOWN = "no address that Apprise knows"


class OneWay:
    """One service of Apprise's; `seconds` is how long it may take."""

    cannot_look = True

    def __init__(
        self, access: Access, *, now: Callable[[], int], seconds: float = SECONDS
    ) -> None:
        self._now = now
        self._url = access.url
        self._service: Any = None
        self._seconds = seconds
        # One alone: a service that hangs keeps no other's thread.
        self._thread = ThreadPoolExecutor(1, "apprise")

    async def post(self, where: Destination, saying: Saying) -> str:
        del where
        await self._tell(plain(saying.message.text))
        return instant(self._now())

    async def edit(self, where: Destination, ts: str, saying: Saying) -> None:
        """It cannot."""

    async def find(self, where: Destination, key: str, since: float) -> Posted | None:
        """In doubt, send (semantics 4.6)."""

    async def put_right(
        self, where: Destination, ts: str, saying: Saying, since: float
    ) -> None:
        """It cannot."""

    async def say(self, place: str, message: Message, key: str) -> None:
        del place, key
        await self._tell(whole(message))

    async def _tell(self, text: str) -> None:
        if not await self._in_its_thread(self._notify, text):
            detail = "the service did not take it"
            raise SinkFailure(FailureReason.SERVER, detail)

    async def look(self) -> None:
        """Whether the address is one: a service takes messages and nothing else."""
        await self._in_its_thread(service, self._url)

    async def test(self, by: str, *, is_over: bool) -> None:
        if not is_over:
            await self.say("", Message(text=tested(by), blocks=[]), "test")

    def _notify(self, text: str) -> bool:
        # Here, because to import Apprise takes a second.
        self._service = self._service or service(self._url)
        return bool(self._service.notify(body=text, title=""))

    async def _in_its_thread(self, work: Callable[[str], Any], text: str) -> Any:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._seconds):
                return await loop.run_in_executor(self._thread, work, text)
        except SinkFailure:
            raise
        except TimeoutError:
            detail = "no answer"
            raise SinkFailure(FailureReason.TIMEOUT, detail, unclear=True) from None
        except Exception as error:  # noqa: BLE001  a plugin's: it may say the address
            detail = type(error).__name__
            raise SinkFailure(FailureReason.NETWORK, detail, unclear=True) from None


def service(url: str) -> Any:
    """Apprise's own object for `url`.

    Raises `SinkFailure` when Apprise is not installed, or does not know the address.
    """
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        from apprise import Apprise  # noqa: PLC0415  an extra
    except ImportError:
        raise SinkFailure(FailureReason.TOKEN, NOT_INSTALLED) from None
    found = Apprise.instantiate(url, suppress_exceptions=True)
    if found is None:
        raise SinkFailure(FailureReason.TOKEN, UNKNOWN)
    return found
