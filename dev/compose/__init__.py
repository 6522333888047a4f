"""What Docker Compose makes of our files, and a container of ours without an engine."""
