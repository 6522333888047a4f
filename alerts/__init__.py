"""Facts to people: what they should know is compared with what they were shown.

In: `sla.facts`. Out: messages in Slack and other sinks; the ledger in Redis remembers.
May import: channels, cli, config, dead_letters, doctor, engine, explain, kafka,
monitoring, process, records, replay, sla.
Must never know: Faust.
"""
