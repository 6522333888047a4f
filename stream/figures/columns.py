"""The archive's columns: a fact as it is on the wire (contract 4), in SQL's types.

Left out are `contact` and `link`, which lead to a person, and `v`.
"""

_TEXT, _INSTANT, _SECONDS, _COUNT = "VARCHAR", "TIMESTAMPTZ", "DOUBLE", "INTEGER"

SESSION = {
    "customer": _TEXT,
    "priority": _TEXT,
    "tier": _TEXT,
    "categories": "VARCHAR[]",
    "agent_replies": _COUNT,
    "bot_replies": _COUNT,
    "system_replies": _COUNT,
    "templates": _COUNT,
    "calls": _COUNT,
    "first_human_reply_at": _INSTANT,
    "resolved_at": _INSTANT,
    "reopened": _COUNT,
}
SURVEY = {"scale": _TEXT, "score": "DOUBLE", "touchpoint": _TEXT}
PURCHASE = {"amount": "DOUBLE", "currency": _TEXT}


def _struct(fields: dict[str, str]) -> str:
    return f"STRUCT({', '.join(f'{name} {kind}' for name, kind in fields.items())})"


COLUMNS = {
    "place": "BIGINT",  # its offset, or its line in a file: order within a conversation
    "fact_id": _TEXT,
    "kind": _TEXT,
    "at": _INSTANT,
    "noticed_at": _INSTANT,
    "conversation_id": _TEXT,
    "channel": _TEXT,
    "account": _TEXT,
    "queue": _TEXT,
    "assignee": _TEXT,
    "measure": _TEXT,
    "cycle": _INSTANT,
    "policy": _TEXT,
    "policy_version": _TEXT,
    "started_at": _INSTANT,
    "deadline": _INSTANT,
    "waited_s": _SECONDS,
    "waited_business_s": _SECONDS,
    "author": _TEXT,
    "reason": _TEXT,
    "replaces": _TEXT,
    "replaces_queue": _TEXT,
    "calendar": _TEXT,
    "to": _TEXT,
    "shadow": "BOOLEAN",
    "cause": _TEXT,
    "known_at": _INSTANT,
    "replaces_waited_s": _SECONDS,
    "replaces_waited_business_s": _SECONDS,
    "session": _struct(SESSION),
    "replaces_id": _TEXT,
    "survey": _struct(SURVEY),
    "purchase": _struct(PURCHASE),
}
