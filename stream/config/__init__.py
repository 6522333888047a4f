"""`sla.yaml` -> `Config`: validated, each fault with its place and what to write.

In: a file. Out: values; `Config.rules()` is what the rules read.
May import: sla.
Must never know: Faust, Kafka, Redis, HTTP, Slack, Prometheus, logs, the system, a
clock.
"""

from stream.config.alerts import Alerts, Route
from stream.config.file import load_config, parse_config, warnings_of
from stream.config.model import Config

__all__ = ["Alerts", "Config", "Route", "load_config", "parse_config", "warnings_of"]
