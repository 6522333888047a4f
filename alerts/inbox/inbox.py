"""The inbox: what people do in Slack, by whatever way it comes.

Everything is acknowledged at once: Slack waits three seconds, and shows a failure or
asks again after that. What came of it is told to whoever did it, and to nobody else.
A press that is repeated has the same `press_id`, and is done once (`alerts.presses`).
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest

from alerts.inbox.commands import HELP, answer_to
from alerts.inbox.desk import Desk, PressOn
from alerts.inbox.metrics import TAKEN, UNKNOWN, InboxMetrics
from alerts.inbox.modals import muting, next_time, telling, tomorrow, until_a_time
from alerts.inbox.pressed import (
    AT,
    OPENS,
    SPANS,
    TOMORROW,
    Asked,
    Place,
    Pressed,
    Submitted,
    pressed,
    submitted,
)
from alerts.inbox.quiet import quiet_logger
from alerts.presses.press import Press, PressKind
from alerts.slack.client import Slack
from alerts.slack.failures import SlackFailure

log = structlog.get_logger(__name__)

FAILED = "That did not work just now: nothing has changed. Try again in a minute."
NO_OPENING = "It is not known when that queue opens. Choose a time instead."
_ANY = re.compile("")
_OK = 200


class Inbox:
    """`slack` is the bot's. `now` gives wall time in milliseconds."""

    def __init__(
        self,
        *,
        slack: Slack,
        press: PressOn,
        desk: Desk,
        metrics: InboxMetrics,
        now: Callable[[], int],
    ) -> None:
        self._slack = slack
        self._press_on = press
        self._desk = desk
        self._metrics = metrics
        self._now = now
        # Signatures are looked at before anything is read (`alerts.inbox.door`), and
        # who we are is asked nobody: that would be a call before each answer.
        self._bolt = AsyncApp(
            logger=quiet_logger(),
            authorize=_authorize,
            request_verification_enabled=False,
        )
        self._bolt.action(_ANY)(self._on_action)
        self._bolt.view(_ANY)(self._on_view)
        self._bolt.command(_ANY)(self._on_command)

    async def take(self, payload: Mapping[str, Any]) -> str | None:
        """The body of the acknowledgement; None: this is nothing that we know."""
        try:
            request = AsyncBoltRequest(body=dict(payload), mode="socket_mode")
        except (TypeError, ValueError, AttributeError):
            response = None  # of another shape than anything that Slack sends
        else:
            response = await self._bolt.async_dispatch(request)
        if response is None or response.status != _OK:
            log.warning("slack brings what is not known")
            self._metrics.came(UNKNOWN)
            return None
        self._metrics.came(TAKEN)
        return str(response.body)

    async def _on_action(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        try:
            told = pressed(body)
        except (LookupError, TypeError, ValueError, AttributeError):
            told = None
        if told is None:
            log.info("a button is pressed that is none of ours")
            return
        await self._answered(told.place, told.by, lambda: self._press(told))

    async def _press(self, told: Pressed) -> str | None:
        """Do it; the sentence for whoever pressed, or None where there is none."""
        place, trigger = told.place, told.trigger
        match told.action:
            case Asked.LINK:
                return None
            case Asked.DETAILS:
                text = await self._desk.details(place.key)
                await self._slack.open_modal(trigger, telling(text))
            case PressKind.MUTE:
                await self._slack.open_modal(trigger, muting(place))
            case PressKind.SNOOZE if told.option == AT:
                zone = await self._desk.zone(place.key)
                modal = until_a_time(place, told.at, zone)
                await self._slack.open_modal(trigger, modal)
            case PressKind.SNOOZE:
                return await self._snooze(told)
            case action if action in set(PressKind):
                return await self._press_on(place.key, _press_of(told))
            case _:
                log.info("a button is pressed that nobody knows")
        return None

    async def _snooze(self, told: Pressed) -> str:
        if told.option == OPENS:
            until = await self._desk.opens(told.place.key, told.at)
            if until is None:
                return NO_OPENING
        else:
            until = told.at + SPANS[told.option or ""]
        return await self._press_on(told.place.key, _press_of(told, until))

    async def _on_view(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        told = submitted(body)
        if told.kind is PressKind.MUTE and not told.reason:
            await ack(response_action="errors", errors={"reason": "Say why."})
            return
        await ack()
        await self._answered(told.place, told.by, lambda: self._submit(told))

    async def _submit(self, told: Submitted) -> str:
        now, key = self._now(), told.place.key
        if told.until in SPANS:
            until = now + SPANS[told.until]
        else:
            zone = await self._desk.zone(key)
            is_day = told.until == TOMORROW
            until = tomorrow(now, zone) if is_day else next_time(told.until, now, zone)
        press = Press(
            press_id=told.press_id,
            kind=told.kind,
            by=told.by,
            at=now,
            until=until,
            reason=told.reason,
        )
        return await self._press_on(key, press)

    async def _answered(
        self, place: Place, who: str, do: Callable[[], Awaitable[str | None]]
    ) -> None:
        """Do it, and tell `who` alone what came of it."""
        try:
            sentence = await do()
        except SlackFailure as failure:
            log.warning("slack does not show a modal", detail=failure.detail)
            sentence = FAILED
        except Exception:
            log.exception("a press could not be taken in")
            sentence = FAILED
        if sentence is None:
            return
        try:
            await self._slack.whisper(place.channel, who, sentence, place.thread)
        except SlackFailure as failure:
            log.warning("who pressed could not be answered", detail=failure.detail)

    async def _on_command(
        self, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond
    ) -> None:
        words = str(body.get("text", "")).split()
        if not words or words[0] not in {"waiting", "explain"}:
            await ack(HELP)
            return
        await ack()
        try:
            said = await answer_to(words, self._desk, self._now())
        except Exception:
            log.exception("a slash command failed")
            said = "That could not be looked up just now. Try again in a minute."
        try:
            await respond(said, response_type="ephemeral")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            # Its text may hold the address, by which anybody may answer.
            name = type(error).__name__
            log.warning("who asked could not be answered", error=name)


async def _authorize() -> AuthorizeResult:
    """Bolt wants to know for whom it acts; it calls Slack for nobody."""
    return AuthorizeResult(enterprise_id=None, team_id=None)


def _press_of(told: Pressed, until: int | None = None) -> Press:
    return Press(
        press_id=told.press_id,
        kind=PressKind(told.action),
        by=told.by,
        at=told.at,
        until=until,
    )
