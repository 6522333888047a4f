"""The local stack: Kafka, Redis, Prometheus, Alertmanager and a stand-in Slack.

    with Stack.start(Path("/tmp/mine"), services=("kafka", "redis")) as stack:
        print(stack.broker, stack.redis_url)

Every stack has its own folder and free ports, so any number runs side by side. Its
processes end with it, and with the process that started it, however that ends.
"""

from dev.faults import MissingError, StackError
from dev.packages import preflight
from dev.ports import reserve_port
from dev.stack.running import SERVICES, Stack

__all__ = [
    "SERVICES",
    "MissingError",
    "Stack",
    "StackError",
    "preflight",
    "reserve_port",
]
