"""Who is in the workspace, and who is in which user group."""

USERS = {"U0ANA": "Ana", "U0BEN": "Ben", "U0CLARA": "Clara"}
GROUPS = {"S0LEADS": ("U0BEN", "U0CLARA"), "S0EMPTY": ()}
