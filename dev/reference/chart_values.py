"""values.schema.json of the Helm chart: Helm refuses a value that is not one."""

import json
from typing import Any

from pydantic import SecretStr
from ruamel.yaml import YAML

from dev.places import REPOSITORY
from stream.process.settings import Settings

CHART = REPOSITORY / "config" / "helm" / "replyclock"

Schema = dict[str, Any]

_OWN = {"config", "spool_dir", "member_id", "runbook"} | {
    f"kafka_{name}_file" for name in ("ca", "cert", "key")
}
"""Settings that the chart itself gives, as it does hosts, ports and secrets."""
_OPEN = {"labels", "annotations", "resources", "affinity", "nodeSelector"}
"""Values whose keys are Kubernetes' or people's."""


def plain_settings() -> list[str]:
    """The settings that people give as values, below `settings`."""
    not_given = {*_OWN, *_secrets()}
    return [
        name
        for name in Settings.model_fields
        if name not in not_given and not name.endswith(("_host", "_port"))
    ]


def _secrets() -> list[str]:
    fields = Settings.model_fields.items()
    return [name for name, field in fields if field.annotation == SecretStr | None]


def chart_values_schema() -> str:
    """Types are those of values.yaml; settings are those of the code."""
    root = _of(YAML(typ="safe").load(CHART / "values.yaml"))
    # Helm itself adds what a chart around this one shares.
    root["properties"]["global"] = {"type": "object"}
    known = Settings.model_json_schema()["properties"]
    settings: Schema = root["properties"]["settings"]
    settings["required"] = ["broker", "redis_url"]
    settings["properties"] = {
        name: {
            key: value
            for key, value in known[name].items()
            if key not in {"default", "title", "format"}
        }
        for name in plain_settings()
    }
    secrets: Schema = root["properties"]["secrets"]["properties"]["keys"]
    secrets["items"] = {"anyOf": [{"enum": _secrets()}, {"pattern": "^sink_[a-z0-9]"}]}
    settings["properties"]["spool_max"]["type"] = ["string", "integer"]
    for name in settings["required"]:
        settings["properties"][name]["minLength"] = 1
    root["$schema"] = "http://json-schema.org/draft-07/schema#"
    return json.dumps(root, indent=2, sort_keys=True) + "\n"


def _of(value: object, name: str = "") -> Schema:
    match value:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer", "minimum": 0}
        case str():
            return {"type": "string"}
        case list():
            return {"type": "array"}
        case dict() if name not in _OPEN:
            return {
                "type": "object",
                "properties": {key: _of(each, key) for key, each in value.items()},
                "additionalProperties": False,
            }
        case _:
            return {"type": "object"}
