"""JSON Schema of a file that people write, for editors."""

import json

from pydantic import BaseModel

from stream.config.model import Config


def schema() -> str:
    """Of the rules file, as text."""
    return schema_of(Config, "ReplyClock's rules")


def schema_of(model: type[BaseModel], title: str) -> str:
    """Draft-07, which yaml-language-server reads."""
    found = model.model_json_schema()
    found["$schema"] = "http://json-schema.org/draft-07/schema#"
    found["title"] = title
    return json.dumps(found, indent=2) + "\n"
