"""One state write an event, no rules: what the engine costs beside its peers.

Each program keeps a count for each key: read the state, add one, write it, and write a
changelog record for every event (no cache that would leave some out), acknowledged by
all replicas before the source is committed, every half second. So the work is the same,
and the changelog tells whether it was done: its last values must be the true counts.
"""
