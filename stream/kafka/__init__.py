"""Topics as others have them: how to reach Kafka, what is in a topic, who is a member.

In: addresses and rights. Out: records read, events written, plain values for the rest.
May import: records, sla.
Must never know: Faust, Redis, HTTP, Slack, Prometheus.
"""
