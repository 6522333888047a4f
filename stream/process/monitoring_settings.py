"""The part of the settings that is about what watches us."""

from pydantic import Field
from pydantic_settings import BaseSettings


class MonitoringSettings(BaseSettings):
    runbook: str = Field(
        "docs/runbook.md",
        description="where its reader finds it, for Prometheus: alerts link to it",
    )
    alertmanager_url: str = Field(
        "", description="where doctor asks whom it tells; empty: it does not"
    )
