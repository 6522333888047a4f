"""`sla.yaml` -> `Config`: validated, with the place of every fault."""

from stream.config.alerts import Alerts, Route
from stream.config.file import load_config, parse_config, warnings_of
from stream.config.model import Config

__all__ = ["Alerts", "Config", "Route", "load_config", "parse_config", "warnings_of"]
