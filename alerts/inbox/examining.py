"""`replyclock doctor`: which way presses come in, and whether that way works."""

import time
from collections.abc import Sequence
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from alerts.failure import FOR_NOW
from alerts.inbox.door import PATH
from alerts.slack.client import Slack
from alerts.slack.failures import SlackFailure
from stream.doctor.check import Finding, fail, ok, skip, warn
from stream.process.settings import Settings

PRESSES = "presses"
_SECONDS = 4.0
_OK, _UNAUTHORIZED, _NOT_FOUND = 200, 401, 404
_TOKEN = "see REPLYCLOCK_SLACK_APP_TOKEN (xapp-…, connections:write); docs/slack.md"  # noqa: S105  a sentence
_SECRET = "REPLYCLOCK_SLACK_SIGNING_SECRET"  # noqa: S105  the variable's name


class PressesCheck:
    """Asks Slack for a websocket's address, and our own door whether it opens."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def look(self) -> Sequence[Finding]:
        found = []
        if (token := self._settings.slack_app_token) is not None:
            found.append(await self._socket(token.get_secret_value()))
        if (secret := self._settings.slack_signing_secret) is not None:
            found.append(await self._door(secret.get_secret_value()))
        none = "nothing comes in from Slack: alerts have buttons that do nothing"
        mend = f"set REPLYCLOCK_SLACK_APP_TOKEN or {_SECRET}; docs/slack.md"
        return found or [skip(PRESSES, none, mend)]

    async def _socket(self, token: str) -> Finding:
        async with Slack(token, self._settings.slack_api_url, _SECONDS) as slack:
            try:
                await slack.socket_url()
            except SlackFailure as failure:
                judge = warn if failure.reason in FOR_NOW else fail
                said = f"no websocket with our app token: {failure.detail}"
                return judge(PRESSES, said, _TOKEN)
        return ok(PRESSES, "come over a websocket: Slack takes our app token")

    async def _door(self, secret: str) -> Finding:
        """A slash command that asks for nothing, signed as Slack would."""
        host, port = self._settings.alerts_host, self._settings.alerts_port
        here = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104  compared, not bound
        address = f"{here}:{port}"
        body = urlencode({"command": "/replyclock", "text": ""})
        now = str(int(time.time()))
        signature = SignatureVerifier(secret).generate_signature(
            timestamp=now, body=body
        )
        headers = {
            "X-Slack-Request-Timestamp": now,
            "X-Slack-Signature": str(signature),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        limit = aiohttp.ClientTimeout(total=_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                session.post(
                    f"http://{address}{PATH}", data=body, headers=headers
                ) as answer,
            ):
                return _judged(answer.status, address)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            said = f"by HTTP; replyclock alerts is not at {address}, so nobody knows"
            return warn(PRESSES, f"{said} ({type(error).__name__})", "is it running?")


def _judged(status: int, address: str) -> Finding:
    """Of what the door of the running process answered."""
    match status:
        case _ if status == _OK:
            said = f"come by HTTP: {address} has the same signing secret as we here"
            return ok(PRESSES, f"{said}; /replyclock shows whether it is Slack's")
        case _ if status == _UNAUTHORIZED:
            said = f"{address} has another signing secret than the one here, or clock"
            return fail(PRESSES, said, f"see {_SECRET} of both: Basic Information")
        case _ if status == _NOT_FOUND:
            said = f"{address} takes none: it runs without a signing secret"
            return fail(PRESSES, said, f"give it {_SECRET}, and restart it")
        case _:
            return fail(PRESSES, f"{address} answers {status} to what Slack sends")
