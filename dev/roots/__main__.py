"""`python -m dev.roots [--root SUITE]... [--user NAME]... [COMMAND]`.

For each root and user: `make servers`, and when that says what an administrator is
to run, root runs exactly that; then COMMAND, `make test` unless said otherwise.
"""

import argparse
import os
import re
import shutil
import sys
import time

from dev.faults import StackError
from dev.places import CACHE
from dev.roots.root import PERSON, Root

DEBIAN, UBUNTU = ("bookworm", "trixie"), ("noble",)
_MIRROR = os.environ.get("UBUNTU_MIRROR", "")
"""Where Ubuntu's packages are: Debian's debootstrap knows only where its own are."""
_SERVERS = "make servers"
_WANTED = re.compile(r"^missing: .*; run: (.+)$", re.MULTILINE)


def try_out(root: Root, user: str, command: str) -> bool:
    """Whether it works there; what was said is in `.dev/roots/`."""
    log = CACHE / "roots" / f"{root.suite}-{user}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    root.make()
    root.settle(user)
    for step in (_SERVERS, command):
        began = time.monotonic()
        inside = f"cd replyclock && {step}"
        status = root.run(user, inside, log)
        wanted = _WANTED.findall(log.read_text("utf-8", "replace"))
        if status and wanted and step == _SERVERS:
            root.run("root", wanted[-1].replace("sudo ", ""), log)
            status = root.run(user, inside, log)
        seconds = time.monotonic() - began
        print(f"{root.suite} | {user} | {step} | exit {status} | {seconds:.0f} s")
        if status:
            print(f"see {log}", file=sys.stderr)
            return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dev.roots", description=__doc__)
    parser.add_argument("--root", action="append", choices=DEBIAN + UBUNTU)
    parser.add_argument("--user", action="append", choices=("root", PERSON))
    parser.add_argument("command", nargs="?", default="make test")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("a root is made and entered by root: sudo make roots")
    if shutil.which("debootstrap") is None:
        sys.exit("missing: debootstrap; run: apt-get install --yes debootstrap")
    if not _MIRROR and {*UBUNTU} & {*(options.root or ())}:
        sys.exit("UBUNTU_MIRROR is not set: the address of an archive of Ubuntu")
    try:
        worked = [
            try_out(Root(suite, _MIRROR * (suite in UBUNTU)), user, options.command)
            for suite in options.root or (DEBIAN + UBUNTU if _MIRROR else DEBIAN)
            for user in options.user or (PERSON, "root")
        ]
    except StackError as error:
        sys.exit(str(error))
    sys.exit(not all(worked))


if __name__ == "__main__":
    main()
