"""`replyclock doctor`: facts gathered from outside, then judged by pure rules.

    settings ── kafka ──▶ brokers, topics, records, group      (each a `Check`)
        └────── what other packages add by the entry point `replyclock.doctor`

`kafka.py` and `engine.py` ask; the other modules judge, and import no client.
"""
