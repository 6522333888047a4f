"""JSON Schema of the file, for editors."""

import json

from stream.config.model import Config


def schema() -> str:
    """As text; draft-07, which yaml-language-server reads."""
    found = Config.model_json_schema()
    found["$schema"] = "http://json-schema.org/draft-07/schema#"
    found["title"] = "ReplyClock's rules"
    return json.dumps(found, indent=2) + "\n"
