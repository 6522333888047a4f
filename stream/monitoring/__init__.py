"""What watches us, told by `sla.yaml` whom to tell: Alertmanager's settings.

In: a config, and where secrets are. Out: text of files; no secret is in them.
May import: config.
Must never know: Faust, Kafka, Redis, HTTP, Slack, Prometheus, logs, the system, a
clock.
"""

from stream.monitoring.alertmanager import UntoldError, settings_of, told

__all__ = ["UntoldError", "settings_of", "told"]
