"""What somebody may have meant who wrote a name that is not known."""

import difflib
from collections.abc import Iterable


def meant(name: str, known: Iterable[str], *, likeness: float = 0.6) -> str:
    """`: did you mean 'sales'?`, or nothing where no name is near."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=likeness)
    return f": did you mean {near[0]!r}?" if near else ""
