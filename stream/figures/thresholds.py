"""What the rules file sets for figures, and the rules themselves do not need."""

from dataclasses import dataclass, field
from typing import Any

from stream.config.figures import Health, Responsive, Staffing
from stream.config.model import Config
from stream.sla.instants import SECOND


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Lengths in seconds. Every key's meaning: docs/config.md."""

    zone: str = "UTC"
    fcr_window: float = 7 * 86400
    converted_within: float = 5 * 86400
    repeat_within: float = 7 * 86400
    responsive: Responsive = field(default_factory=Responsive)
    staffing: Staffing = field(default_factory=Staffing)
    health: Health = field(default_factory=Health)

    def variables(self) -> dict[str, Any]:
        """Those that SQL asks for, by name."""
        return {
            "zone": self.zone,
            "fcr_window": self.fcr_window,
            "converted_within": self.converted_within,
            "repeat_within": self.repeat_within,
            "responsive_rate": self.responsive.rate,
            "responsive_within": self.responsive.within / SECOND,
            "responsive_over": self.responsive.over / SECOND,
            "health_over": self.health.over / SECOND,
            **{f"health_red_{sign}": limit for sign, limit in self.health.red},
            **{f"health_amber_{sign}": limit for sign, limit in self.health.amber},
        }


def thresholds(config: Config) -> Thresholds:
    """Those of a file."""
    return Thresholds(
        zone=config.timezone,
        fcr_window=config.fcr_window / SECOND,
        converted_within=config.converted_within / SECOND,
        repeat_within=config.repeat_within / SECOND,
        responsive=config.responsive,
        staffing=config.staffing,
        health=config.health,
    )
