"""Dashboards as Grafana draws them, with its own libraries, and what can be read there.

    python -m dev.wall grafana/dashboards/ReplyClock/wall.json --prometheus URL \
        --picture wall.png

`page/` is a Node project, never part of the product: @grafana/data, ui and schema
(Apache-2.0) in a page for Chromium.
"""
