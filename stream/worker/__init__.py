"""Events to facts: the agents, the book (the one writer), timers, gauges.

In: batches of a partition and deadlines. Out: facts, state and metrics, in that order.
May import: config, dead_letters, engine, kafka, process, records, sla.
Must never know: Faust, Redis, HTTP, Slack.
"""
