"""A webhook beside a real HTTP server: what it is told, and what is made of answers."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from jsonschema import Draft202012Validator

from alerts.alert import Alert, Told
from alerts.customer import Shown
from alerts.destination import Destination
from alerts.failure import FailureReason, SinkFailure
from alerts.folding import fold
from alerts.sinks.request import new_session
from alerts.sinks.sink import Saying
from alerts.sinks.webhook import Webhook
from alerts.sinks.webhook_body import schema
from alerts.slack.blocks import Message, message_of
from stream.process.sinks import Access
from stream.sla.facts import Fact
from tests.alerts.cycles import Cycle
from tests.alerts.sinks.conftest import SECRET, Hook

CYCLE = Cycle("whatsapp:1:a3f9", queue="R&D <sales>")
WHERE = Destination(receiver="desk", channel="webhook:DESK", mention=None)
NOW = 1_795_424_400_123


def saying(*facts: Fact) -> Saying:
    alert = fold(Told.of(fact, n) for n, fact in enumerate(facts))
    assert isinstance(alert, Alert)
    return Saying(
        key="k/to:desk",
        receiver="desk",
        subject=alert,
        message=message_of(alert),
        revision=alert.revision,
        is_open=alert.state == "breached",
    )


@pytest.fixture
async def webhook(hook: Hook) -> AsyncIterator[Webhook]:
    """Quick to give up; the customer is shown as Ana."""
    access = Access(url=hook.url, secrets=(SECRET.encode(),))
    shown = Shown(
        customer="Ana \N{HORIZONTAL ELLIPSIS}2222", link="https://desk.example/1"
    )
    async with new_session(0.5) as session:
        yield Webhook(access, session, shown=lambda _: shown, now=lambda: NOW)


async def test_what_it_is_told(hook: Hook, webhook: Webhook) -> None:
    """The whole body: the promise, the state, words for people, a pseudonym."""
    said = saying(CYCLE.breached())
    await webhook.post(WHERE, said)

    assert json.loads(hook.bodies[0]) == {
        "type": "alert",
        "timestamp": "2026-11-23T09:30:02.100000Z",
        "data": {
            "key": "k/to:desk",
            "revision": said.revision,
            "state": "breached",
            "open": True,
            "cause": "breached",
            "receiver": "desk",
            "text": "🔴 R&D <sales>: no first reply within 30 min (WhatsApp, since"
            " 2026-11-23 09:00:00 UTC, conversation whatsapp:1:a3f9)",
            "queue": "R&D <sales>",
            "measure": "first_reply",
            "policy": "everyone",
            "channel": "whatsapp",
            "account": "106540352242922",
            "conversation": "whatsapp:1:a3f9",
            "started_at": "2026-11-23T09:00:00Z",
            "deadline": "2026-11-23T09:30:00Z",
            "at": "2026-11-23T09:30:00Z",
            "customer": "Ana \N{HORIZONTAL ELLIPSIS}2222",
            "link": "https://desk.example/1",
        },
    }


async def test_every_body_is_as_the_schema_says(hook: Hook, webhook: Webhook) -> None:
    """Each state of an alert, a test and a summary; the schema is strict enough."""
    stories = [
        [CYCLE.warned()],
        [CYCLE.warned(), CYCLE.met()],
        [CYCLE.breached()],
        [CYCLE.breached(), CYCLE.answered()],
        [CYCLE.breached(), CYCLE.ended()],
        [CYCLE.breached(), CYCLE.retracted(), CYCLE.met()],
        [CYCLE.breached(), CYCLE.cancelled()],
    ]
    for facts in stories:
        await webhook.post(WHERE, saying(*facts))
    await webhook.test("ops", is_over=False)
    await webhook.say("webhook:DESK", message_of(saying(CYCLE.breached()).alert), "k")

    validator = Draft202012Validator(json.loads(schema()))
    bodies = [json.loads(body) for body in hook.bodies]
    for body in bodies:
        validator.validate(body)
    assert len(bodies) == len(stories) + 2
    del bodies[0]["data"]["state"]
    assert not validator.is_valid(bodies[0])


async def test_a_repetition_has_the_same_id(hook: Hook, webhook: Webhook) -> None:
    """What is told again is known by its id; what is new has another."""
    for facts in ([CYCLE.breached()], [CYCLE.breached()], [CYCLE.warned()]):
        await webhook.post(WHERE, saying(*facts))

    first, again, other = hook.idents
    assert first == again != other
    assert "." not in first


@pytest.mark.parametrize(
    ("status", "reason", "unclear"),
    [
        (301, FailureReason.REDIRECT, False),
        (400, FailureReason.MESSAGE, False),
        (401, FailureReason.TOKEN, False),
        (404, FailureReason.CHANNEL, False),
        (429, FailureReason.RATE_LIMITED, False),
        (500, FailureReason.SERVER, True),
    ],
)
async def test_what_an_answer_means(
    hook: Hook, webhook: Webhook, status: int, reason: FailureReason, *, unclear: bool
) -> None:
    """Each has a reason, and whether it may have been taken all the same."""
    hook.status = status
    with pytest.raises(SinkFailure) as raised:
        await webhook.post(WHERE, saying(CYCLE.breached()))

    assert (raised.value.reason, raised.value.unclear) == (reason, unclear)
    assert "hush" not in str(raised.value)


async def test_a_redirect_is_not_followed(hook: Hook, webhook: Webhook) -> None:
    """What is said goes where the operator said, and nowhere else; it says why."""
    hook.status, hook.headers = 307, {"Location": f"{hook.url}/elsewhere"}
    with pytest.raises(SinkFailure, match="redirects, which is not followed"):
        await webhook.post(WHERE, saying(CYCLE.breached()))

    assert len(hook.asked) == 1


async def test_what_hangs_is_left(hook: Hook, webhook: Webhook) -> None:
    """After its time it is given up, and may have been taken."""
    hook.hangs = True
    with pytest.raises(SinkFailure) as raised:
        await webhook.post(WHERE, saying(CYCLE.breached()))

    assert raised.value.reason is FailureReason.TIMEOUT
    assert raised.value.unclear


async def test_how_long_to_wait_is_heard(hook: Hook, webhook: Webhook) -> None:
    """Up to an hour; a date is a second."""
    waits = []
    for said in ("7", "999999", "Fri, 27 Nov 2026 10:00:00 GMT"):
        hook.status, hook.headers = 429, {"Retry-After": said}
        with pytest.raises(SinkFailure) as raised:
            await webhook.post(WHERE, saying(CYCLE.breached()))
        waits.append(raised.value.retry_after)

    assert waits == [7, 3600, 1]


async def test_nobody_is_there_or_the_answer_never_ends() -> None:
    """Neither says the address; an endless answer is not read."""

    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b"x" * 65536)
            await asyncio.sleep(0)

    app = web.Application()
    app.router.add_post("/", endless)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    async with new_session() as session:

        def at(url: str) -> Webhook:
            return Webhook(
                Access(url=url, secrets=(b"x" * 32,)),
                session,
                shown=lambda _: Shown(),
                now=lambda: NOW,
            )

        await at(f"http://127.0.0.1:{port}/").post(WHERE, saying(CYCLE.breached()))
        await runner.cleanup()
        with pytest.raises(SinkFailure) as raised:
            await at(f"http://us:hush-1@127.0.0.1:{port}/hush-2").look()

    assert raised.value.reason is FailureReason.NETWORK
    assert "hush" not in f"{raised.value} {raised.value.__cause__}"


async def test_whether_it_is_there(hook: Hook, webhook: Webhook) -> None:
    """It is told nothing; that it takes a POST only is no fault, a redirect is one."""
    hook.status = 405
    await webhook.look()
    hook.status = 302
    with pytest.raises(SinkFailure):
        await webhook.look()

    assert hook.bodies == [b"", b""]


async def test_a_digest_is_told_whole(hook: Hook, webhook: Webhook) -> None:
    """Its lines, too, and not its title alone; without what only Slack can read."""
    said = "\u2022 *R&amp;D*: 2 broken, since <!date^1^{time}|09:00 UTC>"
    section = {"type": "section", "text": {"type": "mrkdwn", "text": said}}
    await webhook.say("webhook:DESK", Message(text="Yesterday", blocks=[section]), "k")

    assert hook.said[0]["text"] == "Yesterday\n\u2022 R&D: 2 broken, since 09:00 UTC"
