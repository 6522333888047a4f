"""What could not be read: kept, limited, shown without values, sent again.

In: records and reasons. Out: letters in `sla.dead-letters`, or a worker that stops.
May import: kafka, records, sla.
Must never know: Faust, Redis, HTTP, Slack, Prometheus.
"""
