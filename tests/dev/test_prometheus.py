from pathlib import Path

from dev.prometheus import adapt


def test_a_job_keeps_all_but_its_target_and_pace():
    """The repository's settings are used with one stack's addresses."""
    template = {
        "global": {"scrape_interval": "15s", "external_labels": {"site": "one"}},
        "rule_files": ["rules/*.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": ["am:9093"]}]}]},
        "scrape_configs": [
            {
                "job_name": "worker",
                "scrape_interval": "5s",
                "metrics_path": "/metrics",
                "static_configs": [{"targets": ["worker:9101"], "labels": {"a": "b"}}],
            },
            {"job_name": "alerts", "static_configs": [{"targets": ["alerts:9102"]}]},
            {"job_name": "found", "dns_sd_configs": [{"names": ["found"]}]},
        ],
    }
    adapted = adapt(
        template,
        targets={
            "worker": "127.0.0.1:1",
            "extra": "127.0.0.1:2",
            "found": "127.0.0.1:4",
        },
        alertmanager="127.0.0.1:3",
        interval="1s",
        folder=Path("/etc/x"),
    )
    where = {"targets": ["127.0.0.1:1"], "labels": {"a": "b"}}
    assert adapted == {
        "global": {
            "scrape_interval": "1s",
            "scrape_timeout": "1s",
            "evaluation_interval": "1s",
            "external_labels": {"site": "one"},
        },
        "rule_files": ["/etc/x/rules/*.yml"],
        "alerting": {
            "alertmanagers": [{"static_configs": [{"targets": ["127.0.0.1:3"]}]}]
        },
        "scrape_configs": [
            {
                "job_name": "worker",
                "metrics_path": "/metrics",
                "static_configs": [where],
            },
            {"job_name": "extra", "static_configs": [{"targets": ["127.0.0.1:2"]}]},
            {"job_name": "found", "static_configs": [{"targets": ["127.0.0.1:4"]}]},
        ],
    }


def test_without_a_template_there_are_only_the_targets():
    """A stack needs no settings in the repository."""
    adapted = adapt(
        {}, targets={"a": "h:1"}, alertmanager=None, interval="2s", folder=Path()
    )
    assert adapted["scrape_configs"] == [
        {"job_name": "a", "static_configs": [{"targets": ["h:1"]}]}
    ]
    assert "alerting" not in adapted
