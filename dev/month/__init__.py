"""A month of figures in a real Prometheus: what a look at the dashboards costs.

`python -m dev.month` fills one with what workers and alerts of 20 queues export in 30
days, lets promtool record what the rules record, asks all that Today and Monitor ask,
and prints the seconds, with and without the recordings. It takes a quarter of an hour
and 2 GB in .dev/month, which is kept for the next time.
"""
