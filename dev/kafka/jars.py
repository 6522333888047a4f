"""Kafka's jars: fetched once by Maven, kept in the cache."""

import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from dev.faults import StackError
from dev.packages import preflight
from dev.places import CACHE
from dev.processes import Processes
from dev.service import Spawn

POM = Path(__file__).with_name("pom.xml")


def jars_folder(cache: Path = CACHE, pom: Path = POM) -> Path:
    """Where the jars of this very pom.xml are, or will be."""
    return cache / "kafka" / hashlib.sha256(pom.read_bytes()).hexdigest()[:16]


def classes_file() -> Path:
    """Where the classes of a start are kept, if they are (`dev.kafka.sharing`)."""
    return jars_folder().with_suffix(".jsa")


def ensure_jars(pom: Path = POM) -> None:
    """Fetch the jars outside of a stack; raises `StackError` with Maven's words."""
    if jars_folder(pom=pom).is_dir():
        return
    log = CACHE / "maven.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    print(f"fetching the jars of {pom.parent.name} (Maven, once)", file=sys.stderr)
    processes = Processes()
    try:
        fetch_jars(lambda command: processes.spawn(command, log=log), pom=pom)
    except StackError as error:
        said = log.read_text("utf-8", "replace") if log.exists() else ""
        faults = [line for line in said.splitlines() if " " in line]
        raise StackError("\n".join([str(error), *faults[:1]])) from error
    finally:
        processes.close()


def fetch_jars(spawn: Spawn, cache: Path = CACHE, pom: Path = POM) -> None:
    """Fill the folder; calls Maven only when the pom.xml is new.

    The folder appears complete or not at all, also when two stacks fetch at once.
    """
    folder = jars_folder(cache, pom)
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "fetch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.is_dir():
            return
        for old in folder.parent.glob("part-*"):  # of a fetch that was killed
            shutil.rmtree(old)
        preflight([], also=["mvn"])
        part = Path(tempfile.mkdtemp(prefix="part-", dir=folder.parent))
        try:
            goal = f"-DoutputDirectory={part}", "dependency:copy-dependencies"
            # -U: ask again for what an earlier, failed try noted as missing
            options = ["--quiet", "--batch-mode", "-U", "-f", str(pom)]
            # Or it resets the colours that it never set, on a terminal and in logs.
            jvm = f"{os.environ.get('MAVEN_OPTS', '')} -Djansi.noreset=true"
            maven = spawn(["env", f"MAVEN_OPTS={jvm}", "mvn", *options, *goal])
            if maven.wait():
                raise StackError("Maven could not fetch Kafka's jars")
            part.chmod(0o755)  # not for its maker only
            part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
