"""`make pins`: a digest behind each version."""

import os
import re
import subprocess
from pathlib import Path
from shutil import copy

from tests.compose.conftest import FILES, ROOT

ANSWER = '#!/bin/sh\nprintf sha256:; printf "%s" "$*" | sha256sum | cut -c1-64\n'
"""For `docker`: what no machine without a registry knows, another for each image."""


def test_every_image_of_others_is_pinned_to_its_digest(tmp_path: Path) -> None:
    """In all files at once, ours left as it is; done again, nothing is doubled."""
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(ANSWER, "utf-8")
    docker.chmod(0o755)
    files = [*FILES, "Dockerfile"]
    (tmp_path / FILES[1]).parent.mkdir(parents=True)
    for file in files:
        copy(ROOT / file, tmp_path / file)
    make = ["make", "-s", "-C", str(tmp_path), "-f", str(ROOT / "Makefile"), "pins"]
    path = {**os.environ, "PATH": f"{docker.parent}:{os.environ['PATH']}"}
    for _ in range(2):
        done = subprocess.run(
            make, env=path, capture_output=True, text=True, check=True
        )
        pinned = done.stdout.splitlines()
        text = "\n".join((tmp_path / file).read_text("utf-8") for file in files)
        used = re.findall(r"^(?: *image:|FROM) (\S+)", text, re.MULTILINE)
        others = {image for image in used if not image.startswith("replyclock:")}
        assert others == set(pinned)
        assert len({image.partition("@")[2] for image in others}) == len(others)
        for image in others:
            assert re.fullmatch(r"[\w/]+:[\w.-]+@sha256:[0-9a-f]{64}", image)
    found = {each for each in tmp_path.rglob("*") if each.is_file()}
    assert found == {docker, *(tmp_path / file for file in files)}
