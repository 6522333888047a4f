"""A fresh machine: a distribution's smallest system in a folder, by debootstrap.

It shares the network and the kernel of this machine, and nothing else. How packages
are reached is copied from here at each run: the project names no registry.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dev.faults import StackError
from dev.places import REPOSITORY

ROOTS = Path("/var/tmp/replyclock-roots")  # noqa: S108  too large for a checkout
PERSON = "person"
_BROUGHT = ("ca-certificates", "git", "make", "python3", "python3-venv")
"""What our pages ask of a machine before the first `make`."""
_SETTINGS = ("etc/resolv.conf", "etc/hosts", "etc/pip.conf", "etc/npmrc")
_SETTINGS_AT_HOME = (".npmrc", ".m2/settings.xml", ".config/pip/pip.conf")
_CERTIFICATES = "usr/local/share/ca-certificates"
_VARIABLES = ("PIP_", "NPM_CONFIG_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "NODE_EX")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_ENTER = """
mount -t proc proc "$1/proc"
mount --rbind /sys "$1/sys"
mount --rbind /dev "$1/dev"
cd "$1" && exec chroot . setpriv --reuid="$2" --regid="$2" --init-groups sh -c "$3"
"""
"""In a namespace of its own: mounts and processes end with the command."""


@dataclass(frozen=True)
class Root:
    """`suite` is Debian's or Ubuntu's word for a release; `mirror` is Ubuntu's."""

    suite: str
    mirror: str = ""

    @property
    def folder(self) -> Path:
        return ROOTS / self.suite

    def make(self) -> None:
        """By debootstrap, once; raises `StackError` where it cannot."""
        if self.folder.is_dir():
            return
        part = self.folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        brought = ("--variant=minbase", f"--include={','.join(_BROUGHT)}")
        # Debian's debootstrap may not know this Ubuntu; they are all made alike.
        wide = ("--components=main,universe",) if self.mirror else ()
        how = (self.mirror, "gutsy") if self.mirror else ()
        if _run("debootstrap", *brought, *wide, self.suite, str(part), *how):
            raise StackError(f"debootstrap could not make {self.suite}: {part}")
        _run("chroot", str(part), "useradd", "--create-home", PERSON)
        part.rename(self.folder)

    def home(self, user: str) -> str:
        return "root" if user == "root" else f"home/{user}"

    def settle(self, user: str) -> None:
        """Give it this machine's way to packages, and `user` a clone of this commit."""
        for name in _SETTINGS:
            _copy(Path("/", name), self.folder / name)
        for name in _SETTINGS_AT_HOME:
            _copy(Path.home() / name, self.folder / self.home(user) / name)
        for certificate in Path("/", _CERTIFICATES).glob("*.crt"):
            _copy(certificate, self.folder / _CERTIFICATES / certificate.name)
        apt = subprocess.run(
            ["apt-config", "dump", "Acquire"], capture_output=True, check=True
        )
        (self.folder / "etc/apt/apt.conf.d/99outside").write_bytes(apt.stdout)
        _run("chroot", str(self.folder), "update-ca-certificates")
        here, clone = str(REPOSITORY), self.folder / self.home(user) / "replyclock"
        git = ("git", "-c", "safe.directory=*", "-C")
        if not clone.exists():
            _run(*git, "/", "clone", "--quiet", "--no-hardlinks", here, str(clone))
        _run(*git, str(clone), "fetch", "--quiet", here, "HEAD")
        _run(*git, str(clone), "reset", "--quiet", "--hard", "FETCH_HEAD")
        owned = (f"{user}:", f"/{self.home(user)}")
        _run("chroot", str(self.folder), "chown", "--recursive", *owned)

    def run(self, user: str, command: str, log: Path) -> int:
        """Run it in the home of `user`, its words into `log`; the exit status."""
        # A path of this machine is none there, but for certificates, which were copied.
        passed = {
            name: value
            for name, value in os.environ.items()
            if name.upper().startswith(_VARIABLES)
            and not (value.startswith("/") and not (self.folder / value[1:]).exists())
        }
        home = f"/{self.home(user)}"
        env = {**passed, "PATH": _PATH, "HOME": home, "USER": user}
        inside = f"cd && {command}"
        unshare = ("unshare", "--mount", "--pid", "--fork", "--kill-child")
        enter = ("sh", "-euc", _ENTER, "enter", str(self.folder), user, inside)
        with log.open("ab") as out:
            return _run(*unshare, *enter, env=env, stdout=out)


def _copy(here: Path, there: Path) -> None:
    if here.is_file():
        there.parent.mkdir(parents=True, exist_ok=True)
        there.unlink(missing_ok=True)  # where it is a link to nowhere
        shutil.copyfile(here, there)


def _run(
    *command: str,
    env: dict[str, str] | None = None,
    stdout: IO[bytes] | int = subprocess.DEVNULL,
) -> int:
    return subprocess.run(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        check=False,
    ).returncode
