"""Under which licences the packages stand that ship with ours, and their notices."""

import re
from collections.abc import Iterable
from importlib.metadata import Distribution
from pathlib import Path

from packaging.licenses import (
    InvalidLicenseExpression,
    canonicalize_license_expression,
)
from packaging.requirements import Requirement

ACCEPTED = {
    *("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "MIT-0", "PSF-2.0"),
    "LicenseRef-Repoze",  # BSD with two sentences on the name; has no id of SPDX
}
"""What may ship with Apache-2.0: whoever passes it on keeps the notices, no more."""
_OF_CLASSIFIER = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Python Software Foundation License": "PSF-2.0",
    "Repoze Public License": "LicenseRef-Repoze",
}
_BETWEEN = {"AND", "OR", "WITH"}
_TEXT = re.compile(r"licen[cs]e|notice|copying|authors", re.IGNORECASE)
_LOCKED = re.compile(r"^(\w\S*==[^\\\n]+)", re.MULTILINE)


def shipped(lock: Path) -> list[Requirement]:
    """The packages of a lock file that are installed on this kind of machine."""
    found = (Requirement(line) for line in _LOCKED.findall(lock.read_text("utf-8")))
    return [one for one in found if one.marker is None or one.marker.evaluate()]


def licences_of(package: Distribution) -> set[str]:
    """Ids of SPDX; what has none is said as the package says it.

    Of the expression (PEP 639), else of the free field where it holds one, else of
    the classifiers.
    """
    said = package.metadata
    for field in ("License-Expression", "License"):
        try:
            whole = canonicalize_license_expression(said.get_all(field, [""])[0])
        except InvalidLicenseExpression:
            continue
        return {word for word in re.findall(r"[\w.-]+", whole) if word not in _BETWEEN}
    classifiers = said.get_all("Classifier", [])
    names = [c.split(" :: ")[-1] for c in classifiers if c.startswith("License :: ")]
    return {_OF_CLASSIFIER.get(name, name) for name in names}


def texts_of(package: Distribution) -> list[str]:
    """The licence, and the notices that it wants to be passed on."""
    files = [file for file in package.files or [] if _TEXT.search(file.name)]
    return [file.read_text("utf-8") for file in files if ".dist-info" in str(file)]


def notices(packages: Iterable[Distribution]) -> str:
    """One page: every package with its licences and their texts."""
    parts = ["What ReplyClock brings along, and under which licences.\n"]
    for package in sorted(packages, key=lambda one: one.name.lower()):
        names = ", ".join(sorted(licences_of(package)))
        parts.append(f"{'=' * 80}\n{package.name} {package.version}: {names}\n")
        parts += texts_of(package)
    return "\n".join(parts)
