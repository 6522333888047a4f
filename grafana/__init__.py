"""The wall, generated and checked: dashboards, rules and what Grafana mounts."""
