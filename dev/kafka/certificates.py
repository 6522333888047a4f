"""A certificate authority of the stack's own, and what it signs, made by openssl."""

from pathlib import Path

from dev.faults import StackError
from dev.service import Spawn

_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def make_authority(folder: Path, name: str, spawn: Spawn) -> None:
    """`<name>.pem` and `<name>.key` in `folder`."""
    usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    _request(folder, name, usage, spawn)


def make_certificate(folder: Path, name: str, authority: str, spawn: Spawn) -> None:
    """The same, signed by the authority, good for 127.0.0.1 and for clients.

    Beside them `<name>-both.pem`, which is how Kafka wants it: key, then certificate.
    """
    signer = folder / authority
    signed = ["-CA", f"{signer}.pem", "-CAkey", f"{signer}.key"]
    good_for = [
        *("-addext", "basicConstraints=critical,CA:FALSE"),
        *("-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"),
    ]
    _request(folder, name, [*signed, *good_for], spawn)
    parts = [(folder / f"{name}.{kind}").read_text() for kind in ("key", "pem")]
    (folder / f"{name}-both.pem").write_text("".join(parts))


def _request(folder: Path, name: str, options: list[str], spawn: Spawn) -> None:
    out = ["-keyout", f"{folder / name}.key", "-out", f"{folder / name}.pem"]
    subject = ["-subj", f"/CN={name}", "-days", "30"]
    command = ["openssl", "req", "-x509", *_KEY, *subject, *out, *options]
    if spawn(command).wait():
        raise StackError(f"openssl could not make the certificate {name}")
