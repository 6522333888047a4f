"""When an account's channel lets nothing through."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from stream.company.profile import Outage
from stream.company.written import moments


class Outages:
    """Those that begin from `begin` until `end`, or shortly before."""

    def __init__(
        self, outages: Sequence[Outage], zone: ZoneInfo, begin: int, end: int
    ) -> None:
        self._spans = [
            (outage.account, start, start + outage.lasts)
            for outage in outages
            for start in moments(outage.at, zone, begin - outage.lasts, end)
        ]

    def over(self, account: str, at: int) -> int:
        """When what is sent at `at` gets through: at once, or when it is over."""
        ends = [
            end
            for name, start, end in self._spans
            if name == account and start <= at < end
        ]
        return max(ends, default=at)
