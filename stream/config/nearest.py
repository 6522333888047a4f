"""What somebody may have meant who wrote a name that is not known."""

import difflib
from collections.abc import Iterable

_FEW = 8
"""Names that are read, and not skipped."""


def meant(name: str, known: Iterable[str], *, likeness: float = 0.6) -> str:
    """`: did you mean 'sales'?`, or nothing where no name is near."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=likeness)
    return f": did you mean {near[0]!r}?" if near else ""


def listed(known: Iterable[str]) -> str:
    """`: there are lead, ops`, or nothing where there are too many to read."""
    names = sorted({*known})
    few = f": there {'are' if len(names) > 1 else 'is'} {', '.join(names)}"
    return few if 0 < len(names) <= _FEW else ""
