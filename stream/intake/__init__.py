"""The door: webhooks and posts in, events acknowledged by Kafka out.

In: signed webhooks, posts with a token. Out: 200 when Kafka has their events, or the
disk until it does; never for what is lost.
May import: channels, config, dead_letters, kafka, process, records, sla.
Must never know: Faust, Kafka, Redis, Slack.
"""
