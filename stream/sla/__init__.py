"""The rules, pure: when a promise runs, pauses, is kept and is broken.

In: events, instants that have passed, policies as values, `now`. Out: a conversation's
state and facts. The same in every order of arrival.
May import: nothing of ours.
Must never know: Faust, Kafka, Redis, HTTP, Slack, Prometheus, logs, the system, a
clock.
"""
