"""The door: webhooks in, events acknowledged by Kafka out.

In: signed HTTP bodies. Out: 200 when Kafka has their events, or the disk until it does.
May import: channels, config, kafka, process, sla.
Must never know: Faust, Kafka, Redis, Slack.
"""
