"""How often Slack lets a method be called. Pure: `now` is any clock's seconds."""

import math
from dataclasses import dataclass, field

CHANNEL_SPACING = 1.0
TIER_3_A_MINUTE = 50


@dataclass(slots=True)
class Spacing:
    """One message a second in each channel; no burst, though Slack tolerates some."""

    seconds: float = CHANNEL_SPACING
    _last: dict[str, float] = field(default_factory=dict)

    def take(self, channel: str, now: float) -> int:
        """0 when it may go now, else whole seconds to wait, as `Retry-After` says."""
        left = self._last.get(channel, -math.inf) + self.seconds - now
        if left > 0:
            return math.ceil(left)
        self._last[channel] = now
        return 0


@dataclass(slots=True)
class Bucket:
    """So many calls a minute in the whole workspace, saved up for at most a minute."""

    a_minute: int = TIER_3_A_MINUTE
    _left: float = -1.0
    _at: float = 0.0

    def take(self, now: float) -> int:
        """As `Spacing.take`."""
        if self._left < 0:
            self._left, self._at = float(self.a_minute), now
        gained = (now - self._at) * self.a_minute / 60
        self._left, self._at = min(self._left + gained, self.a_minute), now
        if self._left < 1:
            return math.ceil((1 - self._left) * 60 / self.a_minute)
        self._left -= 1
        return 0
