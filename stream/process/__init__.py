"""What every process needs: settings, logs, probes, a rules file that changes.

In: the environment and the path of `sla.yaml`. Out: `Settings`, `Config`, HTTP probes.
May import: channels, config, kafka.
Must never know: Faust, Kafka, Redis, Slack.
"""
