"""What came out of an import, as short as a test says it."""

import json

from click.testing import Result


def events(result: Result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def turns(result: Result) -> list[tuple[str, ...]]:
    """Minute and second, and what happened: who wrote what, the status, ..."""
    found = []
    for event in events(result):
        said: tuple[str, ...] = (event["kind"],)
        match event["kind"]:
            case "message":
                said = (event["author"]["kind"], event.get("nature", "plain"))
            case "status":
                said = ("status", event["status"])
            case "delivery":
                said = ("delivery", event["state"])
            case "survey":
                said = (event["scale"], event["score"])
            case "attributes":
                said = ("attributes", *event.get("tags", ()), event.get("priority", ""))
            case "assignment":
                said = ("assignment", event.get("queue", event.get("assignee")))
        found.append((event["occurred_at"][14:19], *said))
    return found
