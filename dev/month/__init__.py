"""A month of figures in a real Prometheus: what a look at the dashboards costs.

`python -m dev.month` fills one with what workers, alerts and recordings of 20 queues
are in 30 days, asks all that the dashboards of the desk ask, and prints the seconds.
What the recordings are made of is most of all: it is there for the last day, or for as
many as `--counted` says, and beside it stands what the same questions cost without
recordings. Kept in .dev/month-..., for the next time: remove it after a change of
`figures.py` or `sessions.py`.
"""
