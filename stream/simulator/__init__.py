"""Made-up traffic: seeded conversations as events or signed webhooks.

In: a seed, a rate. Out: bodies to a file, a URL or Kafka, and what must come of them.
May import: channels, kafka, records, sla.
Must never know: Faust, Redis, Slack, Prometheus.
"""
