"""Can we reach Kafka, and every broker where it says it is? Pure."""

from collections.abc import Mapping

from stream.doctor.check import Finding, fail, ok
from stream.kafka_access import KafkaAccess
from stream.kafka_probe import KafkaRefusedError, KafkaUnreachableError

REACH = "kafka"

Answer = KafkaRefusedError | KafkaUnreachableError | None


def judge_reach(access: KafkaAccess, answer: Answer) -> Finding:
    """Of the addresses in the settings: one that answers is enough."""
    match answer:
        case None:
            how = f"{access.protocol}, {access.mechanism}"
            said = how if access.has_sasl else access.protocol
            return ok(REACH, f"{access.bootstrap} lets us in ({said})")
        case KafkaUnreachableError():
            first = access.bootstrap.split(",")[0].strip()
            host, _, port = first.rpartition(":")
            return fail(
                REACH,
                f"no connection: {answer}",
                "is it running, and is REPLYCLOCK_BROKER its address? from here:",
                f"nc -vz {host} {port}",
            )
        case KafkaRefusedError():
            found, _, look = str(answer).rpartition("; ")
            return fail(REACH, found, look)


def judge_brokers(answers: Mapping[str, Answer]) -> Finding:
    """Of the addresses that the brokers announce, which clients then use."""
    away = {address: said for address, said in answers.items() if said is not None}
    if not away:
        count = (
            "1 broker answers" if len(answers) == 1 else f"all {len(answers)} answer"
        )
        return ok("kafka brokers", f"{count}: {', '.join(answers)}")
    return fail(
        "kafka brokers",
        "; ".join(map(str, away.values())),
        f"{len(away)} of {len(answers)} announce an address that does not work from"
        " here: start them, or mend advertised.listeners in server.properties",
    )
