"""The part of the settings that is about what watches us."""

from pydantic import Field
from pydantic_settings import BaseSettings


class MonitoringSettings(BaseSettings):
    alertmanager_url: str = Field(
        "", description="where doctor asks whom it tells; empty: it does not"
    )
