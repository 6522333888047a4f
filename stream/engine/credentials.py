"""The way into Kafka, in Faust's words."""

from faust import SASLCredentials, SSLCredentials
from faust.auth import Credentials

from stream.kafka.access import KafkaAccess


def credentials_for(access: KafkaAccess) -> Credentials | None:
    """What Faust's `broker_credentials` takes; None for a broker without security."""
    if access.has_sasl:
        return SASLCredentials(
            username=access.username,
            password=access.password,
            mechanism=access.mechanism,
            ssl_context=access.tls(),
        )
    return SSLCredentials(access.tls()) if access.has_tls else None
