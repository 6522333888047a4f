"""What the stand-in Slack remembers: channels, messages and their earlier versions."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from dev.slack.complaints import Refused

CHANNELS = {
    "C0SALES": "sales",
    "C0SUPPORT": "support",
    "C0OPS": "ops",
    "C0LEADS": "team-leads",
    "C0DEMO": "demo",
}


@dataclass(slots=True, kw_only=True)
class Message:
    """Times are milliseconds of the wall clock, when the stand-in accepted it."""

    channel: str
    ts: str
    bot: str
    text: str
    blocks: list[dict[str, Any]] | None
    metadata: dict[str, Any] | None
    posted_at: int
    thread_ts: str | None = None
    """Of the message that it answers."""
    edited_at: int | None = None
    edits: list[dict[str, Any]] = field(default_factory=list)
    """Earlier versions, oldest first: text, blocks, metadata, replaced_at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisper:
    """An ephemeral message: `user` alone sees it, until it is dismissed."""

    channel: str
    user: str
    bot: str
    text: str
    ts: str
    thread_ts: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the API and how it ended. `error` is Slack's word or `http 503`."""

    method: str
    channel: str | None
    at: int
    ok: bool
    error: str | None


class Workspace:
    """Everything, also on disk when there is a journal: it survives a kill."""

    def __init__(
        self, channels: Mapping[str, str] = CHANNELS, journal: Path | None = None
    ) -> None:
        self.channels = dict(channels)
        self.messages: dict[str, dict[str, Message]] = {}
        self.calls: list[Call] = []
        self.whispers: list[Whisper] = []
        self.version = 0
        """Grows with every change of a message."""
        self._last_ts = 0
        self._journal: IO[str] | None = None
        self.reset()
        if journal is not None:
            self._read(journal)
            self._journal = journal.open("a", encoding="utf-8")
            self._journal.write("\n")  # after a line that a kill cut off

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()

    def reset(self) -> None:
        """Forget all messages and calls."""
        self.whispers = []
        self.messages = {channel: {} for channel in self.channels}
        self.calls = []
        self.version += 1
        self._write("reset", {})

    def post(
        self,
        channel: str,
        *,
        bot: str,
        text: str,
        blocks: list[dict[str, Any]] | None,
        metadata: dict[str, Any] | None,
        thread_ts: str | None = None,
    ) -> Message:
        """Add a message. Its ts is greater than every earlier one's."""
        ts = self._next_ts()
        message = Message(
            channel=channel,
            ts=ts,
            bot=bot,
            text=text,
            blocks=blocks,
            metadata=metadata,
            posted_at=time.time_ns() // 1_000_000,
            thread_ts=thread_ts,
        )
        self._keep(message)
        return message

    def whisper(
        self, channel: str, user: str, *, bot: str, text: str, thread_ts: str | None
    ) -> str:
        """Show `user` a message that nobody else sees; it is not kept for long."""
        ts = self._next_ts()
        self.whispers.append(
            Whisper(
                channel=channel,
                user=user,
                bot=bot,
                text=text,
                ts=ts,
                thread_ts=thread_ts,
            )
        )
        self.version += 1
        return ts

    def _next_ts(self) -> str:
        self._last_ts = max(time.time_ns() // 1000, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def update(
        self,
        message: Message,
        *,
        text: str,
        blocks: list[dict[str, Any]] | None,
        metadata: dict[str, Any] | None,
    ) -> None:
        """Replace what it says; the version before is kept."""
        now = time.time_ns() // 1_000_000
        message.edits.append(
            {
                "text": message.text,
                "blocks": message.blocks,
                "metadata": message.metadata,
                "replaced_at": now,
            }
        )
        message.text, message.blocks, message.metadata = text, blocks, metadata
        message.edited_at = now
        self._keep(message)

    def find(self, channel: str, ts: str) -> Message:
        """The message with this ts; raises `Refused` when there is none."""
        try:
            return self.messages[channel][ts]
        except KeyError:
            raise Refused("message_not_found") from None

    def note(self, call: Call) -> None:
        self.calls.append(call)
        self._write("call", asdict(call))

    def _keep(self, message: Message) -> None:
        self.messages[message.channel][message.ts] = message
        self.version += 1
        self._write("message", asdict(message))

    def _write(self, kind: str, content: dict[str, Any]) -> None:
        if self._journal is not None:
            self._journal.write(json.dumps([kind, content]) + "\n")
            self._journal.flush()

    def _read(self, journal: Path) -> None:
        if not journal.exists():
            return
        for line in journal.read_text("utf-8").splitlines():
            try:
                kind, content = json.loads(line)
            except ValueError:
                continue  # cut off by a kill, so it was never answered either
            match kind:
                case "reset":
                    self.reset()
                case "call":
                    self.calls.append(Call(**content))
                case _:
                    message = Message(**content)
                    self.messages.setdefault(message.channel, {})
                    self.messages[message.channel][message.ts] = message
                    micros = int(message.ts.replace(".", ""))
                    self._last_ts = max(self._last_ts, micros)
