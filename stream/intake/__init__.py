"""The door: webhooks in, events acknowledged by Kafka out.

In: signed HTTP bodies. Out: 200 when Kafka has their events; never for what is lost.
May import: channels, config, kafka, process, sla.
Must never know: Faust, Kafka, Redis, Slack.
"""
