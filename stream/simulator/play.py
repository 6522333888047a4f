"""A play: many stories on a time line, and what must come out of them.

The play begins in the middle of a working day: the customers wrote minutes ago
(their first messages are delivered at the start, with their true times), so that
targets of minutes break within seconds. Deadlines that will break are spread over
the accounts, 2 s apart on each, since Slack takes one message a second a channel.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from stream.simulator.characters import Character, Part, play_part, whose_turn
from stream.simulator.stories import SECOND, Delivery, Ending, Story
from stream.sla.facts import Measure
from stream.sla.policy import Attributes, Rules

OPENING = 4 * SECOND
"""What happened before the play is told in its first seconds: a burst, not a blow."""

LEAD = 8 * SECOND
"""From the play's start to the first deadline that breaks."""

TAIL = 12 * SECOND
"""From the last deadline that breaks to the play's end: late answers come here."""

SPACING = 2 * SECOND

PLAYABLE = ("whatsapp", "messenger")


class NothingToPlayError(ValueError):
    """The rules give the simulator no account, or promise it nothing."""


_ENDINGS = (
    Ending.ANSWERED_LATE,
    Ending.UNANSWERED,
    Ending.ANSWERED_LATE,
    Ending.RETRACTED,
)


@dataclass
class Truth:
    """What the play knows: exact numbers, by source where that matters."""

    webhooks: int = 0
    events: int = 0
    sessions: int = 0
    met: int = 0
    breached: int = 0
    retracted: int = 0
    answered_late: int = 0
    warned: int = 0
    """Alerts that began with a warning."""
    kept_after_warning: int = 0
    escalated: int = 0
    stormy: int = 0
    """Breaches that are told in a message about many."""
    parts: list[Part] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    """What sessions come to, by names of whoever writes the play (`dev/demo`)."""

    def add(self, story: Story) -> None:
        """What is sent in it."""
        self.webhooks += len(story.deliveries)
        self.events += sum(delivery.events for delivery in story.deliveries)

    @property
    def alerts_posted(self) -> int:
        """Each breach is posted once, the retracted ones too; and each warning."""
        return self.breached + self.retracted + self.kept_after_warning - self.stormy

    @property
    def alerts_edited(self) -> int:
        """Each alert whose wait ended, or that was untrue, is edited."""
        ended = self.answered_late + self.retracted + self.kept_after_warning
        return ended - self.stormy


@dataclass
class Play:
    """Deliveries in the order they are sent, and the truth about them."""

    deliveries: list[Delivery] = field(default_factory=list)
    truth: Truth = field(default_factory=Truth)


def write_play(
    rules: Rules,
    *,
    seed: int,
    start: int,
    seconds: int,
    rate: int,
    first: int = 0,
    cast: Sequence[Character] = (),
) -> Play:
    """About `rate` webhooks a second for `seconds`, from `start` (ms, wall time).

    Same arguments, same play. The accounts are those the config's queues list;
    customers are numbered from `first`, so that plays can follow each other. Each of
    the `cast` has its turn in every so many kept promises.
    """
    accounts = sorted(
        f"{channel}:{name}" for channel, name in rules.queues if channel in PLAYABLE
    )
    if not accounts:
        raise NothingToPlayError(
            "no queue lists an account of WhatsApp or Messenger: add one to queues,"
            " whatsapp:<phone number id> or messenger:<page id>"
        )
    random = Random(seed)  # noqa: S311  traffic, not secrets
    start -= start % SECOND  # WhatsApp tells whole seconds
    end = start + seconds * SECOND
    play = Play()
    number = first
    for account in accounts:
        for deadline in range(start + LEAD, end - TAIL, SPACING):
            ending = _ENDINGS[number % len(_ENDINGS)]
            story = _story(random, rules, account, number, deadline)
            _add(play, _broken(story, ending))
            number += 1
    wanted = rate * seconds
    while play.truth.webhooks < wanted:
        account = accounts[number % len(accounts)]
        at = random.randint(start + OPENING + SECOND, end - 4 * SECOND)
        story, part = _kept(random, rules, account, number, at, cast)
        _add(play, story)
        if part is not None:
            play.truth.parts.append(part)
        number += 1
    play.deliveries.sort(key=lambda delivery: delivery.at)
    play.deliveries = _from(play.deliveries, start, random)
    return play


def _from(deliveries: list[Delivery], start: int, random: Random) -> list[Delivery]:
    """What happened before the play is told, in order, in its opening."""
    early = [d for d in deliveries if d.at < start]
    spread = sorted(random.randint(0, OPENING) for _ in early)
    moved = [
        Delivery(start + offset, d.source, d.body, d.events)
        for offset, d in zip(spread, early, strict=True)
    ]
    return sorted([*moved, *deliveries[len(early) :]], key=lambda d: d.at)


def _story(
    random: Random, rules: Rules, account: str, number: int, deadline: int
) -> Story:
    source, _, name = account.partition(":")
    policy = rules.book.choose(Attributes(source, name, rules.queue_of(source, name)))
    if policy is None:
        raise NothingToPlayError(f"no policy promises anything to {account}")
    target = next(t for t in policy.targets if t.measure is Measure.FIRST_REPLY)
    return Story(random, source, name, number, deadline - target.within, target.within)


def _broken(story: Story, ending: Ending) -> Story:
    """A promise that breaks at its deadline."""
    number, deadline = story.number, story.deadline
    story.ending = ending
    story.customer(story.started_at)
    story.customer(deadline - 3 * SECOND)  # impatience moves no clock
    if number % 3 == 0:
        story.bot(story.started_at + SECOND)
    if story.source == "whatsapp" and number % 5 == 0:
        undelivered = story.reply(deadline - 30 * SECOND, arrives=False)
        story.failure(undelivered, deadline - 25 * SECOND)
    match ending:
        case Ending.ANSWERED_LATE:
            story.reply(deadline + 6 * SECOND)
        case Ending.RETRACTED:
            # Said in time, told seven seconds late.
            story.reply(deadline - 2 * SECOND, sent_at=deadline + 7 * SECOND)
        case _:
            pass
    return story


def _kept(  # noqa: PLR0917  as `_story`, and who may play
    random: Random,
    rules: Rules,
    account: str,
    number: int,
    at: int,
    cast: Sequence[Character],
) -> tuple[Story, Part | None]:
    """A promise that is kept: the reply is said at `at`."""
    at -= at % SECOND
    boundary = number % 20 == 0
    margin = 0 if boundary else random.randint(10, 45) * SECOND
    story = _story(random, rules, account, number, at + margin)
    character = whose_turn(cast, number, story.source)
    if character is not None:
        return story, play_part(character, story, at)
    story.customer(story.started_at)
    if number % 4 == 0:
        story.bot(story.started_at + SECOND)
    story.reply(at)
    if number % 6 == 0:
        story.repeat_last()
    story.read(at + SECOND)
    for _ in range(number % 3):
        story.customer(at + 2 * SECOND)
        story.reply(at + 3 * SECOND)
    return story, None


def _add(play: Play, story: Story) -> None:
    truth = play.truth
    play.deliveries.extend(story.deliveries)
    truth.add(story)
    truth.sessions += 1
    match story.ending:
        case Ending.MET:
            truth.met += 1
        case Ending.RETRACTED:
            truth.met += 1
            truth.retracted += 1
        case Ending.ANSWERED_LATE:
            truth.breached += 1
            truth.answered_late += 1
        case Ending.UNANSWERED:
            truth.breached += 1
