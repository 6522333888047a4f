"""Can we reach Kafka, and every broker where it says it is? Pure."""

from collections.abc import Mapping

from stream.doctor.check import Finding, fail, ok
from stream.kafka.access import KafkaAccess
from stream.kafka.probe import KafkaRefusedError, KafkaUnreachableError
from stream.kafka.topic_policy import TopicPolicy

REACH, NAME = "kafka", "kafka brokers"

Answer = KafkaRefusedError | KafkaUnreachableError | None


def judge_reach(access: KafkaAccess, answer: Answer) -> Finding:
    """Of the addresses in the settings: one that answers is enough."""
    match answer:
        case None:
            how = f"{access.protocol}, {access.mechanism}"
            said = how if access.has_sasl else access.protocol
            return ok(REACH, f"{access.bootstrap} lets us in ({said})")
        case KafkaUnreachableError():
            host, _, port = access.bootstrap.split(",")[0].strip().partition(":")
            return fail(
                REACH,
                f"no connection: {answer}",
                "is it running, and is REPLYCLOCK_BROKER its address? from here:",
                f"nc -vz {host} {port or 9092}",
            )
        case KafkaRefusedError():
            found, _, look = str(answer).rpartition("; ")
            return fail(REACH, found, look)


def judge_brokers(answers: Mapping[str, Answer], policy: TopicPolicy) -> list[Finding]:
    """Of the addresses that the brokers announce, which clients then use."""
    if not answers:
        said = "Kafka knows of none: it is starting, or has just lost them"
        return [fail(NAME, said, "ask again in half a minute; then look at its log")]
    findings = []
    away = [str(said) for said in answers.values() if said is not None]
    if away:
        findings.append(
            fail(
                NAME,
                "; ".join(away),
                f"{len(away)} of {len(answers)} announce what does not work from here:"
                " start them, or mend advertised.listeners in server.properties",
            )
        )
    if len(answers) < policy.replication:
        said = f"{len(answers)} of the {policy.replication} that copies need"
        mend = f"start the others, or set REPLYCLOCK_REPLICATION={len(answers)}"
        findings.append(fail(NAME, said, mend))
    where = ", ".join(answers)
    return findings or [ok(NAME, f"{len(answers)} of {len(answers)} answer: {where}")]
