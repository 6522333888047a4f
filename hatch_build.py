"""Writes the commit into wheel and sdist, where no git can say it."""

import os
import runpy
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_VERSION = Path("stream", "process", "version.py")


class CommitHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """`REPLYCLOCK_COMMIT`, for builds without git, else what the tree knows."""
        if version == "editable":
            return
        known = runpy.run_path(str(Path(self.root, _VERSION)))
        commit = os.environ.get("REPLYCLOCK_COMMIT") or known["commit"]()
        if commit:
            self._folder = tempfile.TemporaryDirectory()  # goes when the build is done
            file = Path(self._folder.name, "commit")
            file.write_text(f"{commit}\n", encoding="utf-8")
            build_data["force_include"][str(file)] = str(_VERSION.with_name("commit"))
