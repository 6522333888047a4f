"""Messenger Platform webhooks -> events (channels.md section 2).

`standby` holds the same things as `messaging`, for an app that does not own the
thread; a monitor mostly lives there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stream.channels.contact import Contact
from stream.channels.conversation import CUSTOMER, UNKNOWN, Conversation
from stream.channels.fields import (
    MALFORMED,
    NOTHING_IN_IT,
    PartIgnoredError,
    a_list,
    an_object,
    identifier,
    instant,
    needed,
)
from stream.channels.messenger_apps import (
    OWNER_NOT_TOLD,
    UNKNOWN_OWNER,
    author_of_echo,
    holder,
)
from stream.channels.opt_outs import OPTED_IN, OPTED_OUT, opt_out
from stream.channels.reading import DEFAULT_OPTIONS, Options, Parsed, Reading
from stream.sla.events import (
    AuthorKind,
    Channel,
    DeliveryState,
    Direction,
    Event,
    Nature,
)
from stream.sla.instants import to_ms

OBJECT = "page"

_Read = Callable[[dict[str, Any], dict[str, Any]], Iterator[Event]]

_NOT_SAID = (
    "account_linking",
    "app_roles",
    "optin",
    "order",
    "policy_enforcement",
    "prior_message",
    "read",
    "referral",
    "request_thread_control",
    "response_feedback",
)

REASONS = tuple(
    sorted(
        {
            MALFORMED,
            NOTHING_IN_IT,
            "wrong_object",
            "test_event",
            "changes",
            "delivery_watermark",
            "unknown_event",
            OWNER_NOT_TOLD,
            UNKNOWN_OWNER,
            OPTED_OUT,
            OPTED_IN,
            *_NOT_SAID,
        }
    )
)


def parse(
    body: object,
    *,
    id_secret: bytes,
    received_at: datetime,
    options: Options = DEFAULT_OPTIONS,
) -> Parsed:
    """`stream.channels.reading.Parse` for Messenger."""
    reading = Reading(
        channel=Channel.MESSENGER,
        id_secret=id_secret,
        received_at=received_at,
        options=options,
    )

    def read_body(whole: dict[str, Any]) -> None:
        if whole.get("object") != OBJECT:
            raise PartIgnoredError("test_event" if _is_test(whole) else "wrong_object")
        if not whole.get("entry"):
            raise PartIgnoredError(NOTHING_IN_IT)
        reading.each(whole["entry"], read_entry)

    def read_entry(entry: dict[str, Any]) -> tuple[Event, ...]:
        if _is_test(entry):
            raise PartIgnoredError("test_event")
        page = _Page(
            reading=reading,
            account=needed(entry.get("id"), longest=64),
            notified=entry.get("time"),
        )
        for name in ("messaging", "standby"):
            reading.each(entry.get(name), page.read)
        if "changes" in entry:
            # The page's feed, or a test from the dashboard.
            raise PartIgnoredError("changes")
        if not (entry.get("messaging") or entry.get("standby")):
            raise PartIgnoredError(NOTHING_IN_IT)
        return ()

    return reading.whole(body, read_body)


def _is_test(part: dict[str, Any]) -> bool:
    """Whether the app dashboard's test button made this (channels.md 2.1)."""
    return ("field" in part and "value" in part) or "sample" in part


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page, and the parts of an entry that speak about it."""

    reading: Reading
    account: str
    notified: object

    @property
    def _apps(self) -> Mapping[str, AuthorKind]:
        return self.reading.options.apps

    def read(self, part: dict[str, Any]) -> Iterator[Event]:
        readers: dict[str, _Read] = {
            "message": self._message,
            "postback": self._postback,
            "reaction": self._reaction,
            "message_edit": self._edit,
            "delivery": self._delivery,
            "pass_thread_control": self._handover,
            "take_thread_control": self._handover,
        }
        for key, read in readers.items():
            if key in part:
                return read(part, an_object(part[key]))
        optin = part.get("optin")
        if isinstance(optin, dict):
            wish = opt_out(optin.get("notification_messages_status"))
            raise PartIgnoredError(wish or "optin")
        for key in _NOT_SAID:
            # One known sample writes `policy-enforcement`.
            if key in part or key.replace("_", "-") in part:
                raise PartIgnoredError(key)
        raise PartIgnoredError("unknown_event")

    def _message(
        self, part: dict[str, Any], message: dict[str, Any]
    ) -> Iterator[Event]:
        mid = needed(message.get("mid"))
        is_echo = message.get("is_echo") is True
        conversation, from_page = self._sides(part, is_echo=is_echo)
        if from_page and not is_echo:
            # Not known on the wire; a guess could start or stop a clock wrongly.
            raise PartIgnoredError(MALFORMED)
        # The rules join what shares a message id; a deletion is no second account
        # of the message that it deletes.
        name = f"{mid}:deleted" if message.get("is_deleted") is True else mid
        yield conversation.message(
            name,
            message_id=name,
            at=self._at(part),
            direction=Direction.OUTBOUND if is_echo else Direction.INBOUND,
            author=author_of_echo(message, self._apps) if is_echo else CUSTOMER,
            nature=Nature.PLAIN if name == mid else Nature.DELETION,
            contact=None if is_echo else self._sealed(part),
        )

    def _postback(
        self, part: dict[str, Any], postback: dict[str, Any]
    ) -> Iterator[Event]:
        """Read a button's press: the customer said what stands on it."""
        at = self._at(part)
        conversation, _ = self._sides(part)
        mid = identifier(postback.get("mid"))
        name = mid or f"postback:{to_ms(at)}:{conversation.customer}"
        yield conversation.message(
            name,
            message_id=name,
            at=at,
            direction=Direction.INBOUND,
            author=CUSTOMER,
            contact=self._sealed(part),
        )

    def _reaction(
        self, part: dict[str, Any], reaction: dict[str, Any]
    ) -> Iterator[Event]:
        at = self._at(part)
        name = f"{needed(reaction.get('mid'))}:reaction:{to_ms(at)}"
        yield self._aside(part, name, at, Nature.REACTION)

    def _edit(self, part: dict[str, Any], edit: dict[str, Any]) -> Iterator[Event]:
        at = self._at(part)
        name = f"{needed(edit.get('mid'))}:edit:{to_ms(at)}"
        yield self._aside(part, name, at, Nature.EDIT)

    def _aside(
        self, part: dict[str, Any], name: str, at: datetime, nature: Nature
    ) -> Event:
        """Something done to a message, by either side, that says nothing new."""
        conversation, from_page = self._sides(part)
        side = "page" if from_page else "customer"
        return conversation.message(
            f"{name}:{side}",
            message_id=f"{name}:{side}",
            at=at,
            direction=Direction.OUTBOUND if from_page else Direction.INBOUND,
            author=UNKNOWN if from_page else CUSTOMER,
            nature=nature,
        )

    def _delivery(
        self, part: dict[str, Any], delivery: dict[str, Any]
    ) -> Iterator[Event]:
        listed = a_list(delivery.get("mids"))
        self.reading.holds(len(listed))
        mids = [needed(mid) for mid in listed]
        if not mids:
            raise PartIgnoredError("delivery_watermark")
        at = self._at(part, delivery.get("watermark"))
        conversation, _ = self._sides(part)
        for mid in mids:
            yield conversation.delivery(
                f"{mid}:delivered",
                message_id=mid,
                at=at,
                state=DeliveryState.DELIVERED,
            )

    def _handover(
        self, part: dict[str, Any], control: dict[str, Any]
    ) -> Iterator[Event]:
        """Read who has the thread from now on (semantics 2.17)."""
        assignee = holder(control, self._apps)
        at = self._at(part)
        conversation, _ = self._sides(part)
        name = f"control:{to_ms(at)}:{conversation.customer}:{assignee or ''}"
        yield conversation.assignment(name, at=at, assignee=assignee)

    def _at(self, part: dict[str, Any], otherwise: object = None) -> datetime:
        """When it happened; where that is absent, when Meta told of it."""
        for moment in (part.get("timestamp"), otherwise):
            if moment is not None:
                return instant(moment)
        return instant(self.notified)

    def _sides(
        self, part: dict[str, Any], *, is_echo: bool = False
    ) -> tuple[Conversation, bool]:
        """Tell the conversation, and whether the page is the sender.

        In many echoes the sender is the customer, so only the page's id tells.
        """
        sender = _id_of(part.get("sender"))
        recipient = _id_of(part.get("recipient"))
        from_page = sender == self.account
        echo_to_customer = is_echo and recipient not in {self.account, None}
        is_recipient = from_page or echo_to_customer
        customer = recipient if is_recipient else sender
        side = part.get("recipient" if is_recipient else "sender")
        self._link(side, part)
        return self.reading.conversation(self.account, needed(customer)), from_page

    def _sealed(self, part: dict[str, Any]) -> bytes | None:
        """The id by which the page, and a helpdesk beside it, knows the sender."""
        contact = Contact(number=_id_of(part.get("sender")))
        return self.reading.sealed(self.account, contact)

    def _link(self, side: object, part: dict[str, Any]) -> None:
        """Both names of a customer who came by a plugin of the page's site."""
        if isinstance(side, dict) and side.get("user_ref") and side.get("id"):
            names = [needed(side["id"]), needed(side["user_ref"])]
            self.reading.link(self.account, names, self._at(part))


def _id_of(side: object) -> str | None:
    """Who it is; who pressed a plugin of the page's site has no id yet."""
    if side is None:
        return None
    named = an_object(side)
    return identifier(named.get("id")) or identifier(named.get("user_ref"))
