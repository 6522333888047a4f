"""What the channels show, beside what the facts fold to and what people did. Pure.

Every alert whose customer waits is told once: by a message of its own, or by a list.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from alerts.alert import Alert, AlertState
from alerts.notice import parts_of
from alerts.slack.sentences import EMOJI
from alerts.storms.listing import SHOWN, is_list
from dev.chaos.standing import (
    SUBJECTS,
    Acts,
    Fate,
    Message,
    fate_of,
    standing_on,
    standings,
    versions,
)

_BROKEN = {AlertState.BREACHED, AlertState.ANSWERED, AlertState.ENDED}
_LOST = EMOJI[AlertState.ENDED]
_LIGHTS = EMOJI[AlertState.ANSWERED], EMOJI[AlertState.BREACHED]


@dataclass(frozen=True, slots=True)
class ListShown:
    """What a list message says: how many wait, how many were broken, who is named."""

    waiting: int
    broken: int
    named: tuple[str, ...]
    """Conversations, the most overdue first."""

    @classmethod
    def of(cls, message: Message) -> "ListShown":
        title = str(message["text"])
        waits = re.search(r"(\d+) waits?\b", title)
        broken = re.search(r"(\d+) promises? broken", title)
        texts = [block.get("text", {}).get("text", "") for block in message["blocks"]]
        named = re.findall(r"conversation `([^`]+)`", "\n".join(texts))
        return cls(
            int(waits[1]) if waits else 0, int(broken[1]) if broken else 0, tuple(named)
        )


def differences(
    wanted: Mapping[str, Alert],
    messages: Sequence[Message],
    acts: Acts,
    *,
    may_repeat: bool,
) -> list[str]:
    """Every alert that is told falsely, twice or not at all, a line each."""
    keys = [key_of(message) for message in messages]
    lists = [m for m in messages if is_list(key_of(m)) and m["text"][0] != _LOST]
    found = [
        f"alert {parts_of(key)[0]} was posted twice"
        for key, times in Counter(keys).items()
        if times > 1 and not may_repeat
    ]
    for message in messages:
        if not is_list(key_of(message)):
            found += _of_alert(message, wanted)
        elif message in lists:
            found += _of_list(message, wanted)
        elif not acts.losses:
            found.append(f"{message['text']}, and Redis has lost nothing")
        found += _of_people(message, acts)
    own = {parts_of(key)[0] for key in keys}
    return [*found, *_of_all(wanted, own, lists, may_repeat=may_repeat)]


def key_of(message: Message) -> str:
    key: str = message["metadata"]["event_payload"]["key"]
    return key


def _of_alert(message: Message, wanted: Mapping[str, Alert]) -> Iterator[str]:
    key = parts_of(key_of(message))[0]
    if key not in wanted:
        yield f"alert {key} belongs to no breach"
    elif not str(message["text"]).startswith(EMOJI[wanted[key].state]):
        yield f"alert {key} is not {wanted[key].state}: {message['text']}"


def _of_list(message: Message, wanted: Mapping[str, Alert]) -> Iterator[str]:
    said, title = ListShown.of(message), message["text"]
    waiting = _waiting(wanted).values()
    for conversation in said.named:
        if conversation not in waiting:
            yield f"{conversation} does not wait, and is in a list: {title}"
    if len(set(said.named)) != min(said.waiting, SHOWN):
        yield f"a list names {len(said.named)} of those who wait: {title}"
    if title[0] != _LIGHTS[said.waiting > 0]:
        yield f"a list has the wrong colour: {title}"


def _of_people(message: Message, acts: Acts) -> Iterator[str]:
    """Whether what was pressed stands on it, and nothing else."""
    key = key_of(message)
    for word in SUBJECTS:
        shown, right = standing_on(message, word), standings(message, key, word, acts)
        if is_list(key) and not _were_all_there(message, key, acts):
            right |= {None}  # who joins later was not taken: then it says nothing
        if shown not in right:
            yield f"{key} says {word.lower()} {shown}, and not one of {right}"


def _were_all_there(message: Message, key: str, acts: Acts) -> bool:
    """Whether all that the list names now were named before the press that stands."""
    presses = acts.on(key, "Taken")
    fates = ((p.at, fate_of(p, message, "Taken", acts)) for p in presses)
    at = next((at for at, fate in fates if fate is Fate.STANDS), 0)
    now = ListShown.of(message)
    then = [version for began, version in versions(message) if began < at]
    if not then or not now.named or now.waiting > SHOWN:
        return False
    return set(now.named) <= set(ListShown.of(then[-1]).named)


def _of_all(
    wanted: Mapping[str, Alert],
    own: set[str],
    lists: Sequence[Message],
    *,
    may_repeat: bool,
) -> Iterator[str]:
    """Whether all are told, and none by itself and in a list, or in two."""
    shown = [ListShown.of(message) for message in lists]
    listed = Counter(name for said in shown for name in said.named)
    unnamed = sum(said.waiting - len(said.named) for said in shown)
    waiting = _waiting(wanted)
    missing = [k for k, name in waiting.items() if k not in own and name not in listed]
    if len(missing) > unnamed:
        yield from (f"alert {key} was never posted" for key in missing)
    if may_repeat:
        return
    for key, name in waiting.items():
        if (key in own) + listed[name] > 1:
            yield f"alert {key} is told twice, and a list has it"
    broken = sum(a.state in _BROKEN and k not in own for k, a in wanted.items())
    told = sum(said.broken for said in shown)
    if told > broken:
        yield f"lists tell of {told} broken promises, and it were {broken}"


def _waiting(wanted: Mapping[str, Alert]) -> dict[str, str]:
    """Alerts whose customer waits, with their conversations."""
    return {
        key: alert.ground.conversation_id
        for key, alert in wanted.items()
        if alert.state is AlertState.BREACHED
    }
