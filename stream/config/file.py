"""Reading the file: YAML, the model, the names in it, all faults with their places."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml.comments import CommentedMap

from stream.config.faults import ConfigError, Fault, place, places_of, read_yaml
from stream.config.model import Config
from stream.config.names import Wrong
from stream.config.oddities import Odd, oddities
from stream.config.references import dangling

Model = TypeVar("Model", bound=BaseModel)

MISSING = (
    "there is no such file: REPLYCLOCK_CONFIG names the rules file, or --config of a"
    " command (FILE of check)"
)
LARGEST = 1_000_000
"""Bytes. A file beyond it was not written by hand, and would be parsed for minutes."""


def load_config(path: Path) -> Config:
    """The config at `path`; raises `ConfigError` with all faults and their places."""
    return parse_config(read_text(path), str(path))


def read_text(path: Path) -> str:
    """What is written at `path`; raises `ConfigError` for what nobody wrote by hand."""
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError([Fault(str(path), 1, 1, "", _too_large())])
        return path.read_text(encoding="utf-8")
    except OSError as error:
        is_missing = isinstance(error, FileNotFoundError)
        said = MISSING if is_missing else error.strerror or ""
        raise ConfigError([Fault(str(path), 1, 1, "", said)]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([Fault(str(path), 1, 1, "", "is not UTF-8")]) from error


def parse_config(text: str, name: str) -> Config:
    """As `load_config`, for the text of a file called `name` in faults."""
    if len(text) > LARGEST:
        raise ConfigError([Fault(name, 1, 1, "", _too_large())])
    document = read_yaml(text, name)
    config = validated(Config, document, name, dangling)
    return config.stamped(hashlib.sha256(text.encode()).hexdigest()[:12])


def validated(
    model: type[Model],
    document: CommentedMap,
    name: str,
    dangling: Callable[..., Iterable[Wrong]],
) -> Model:
    """The document as `model`; raises `ConfigError` with all faults at once.

    `dangling(document, is_whole=...)` finds what is wrong with its names, of which no
    more is said where the model finds a fault in the same place.
    """
    read: Model | None = None
    faults: list[Fault] = []
    try:
        read = model.model_validate(document)
    except ValidationError as error:
        faults = places_of(name, document, error.errors(), model)
    said = {fault.path for fault in faults}
    wrong = dangling(document, is_whole=read is not None)
    found = [place(name, document, *each) for each in wrong]
    faults += [fault for fault in found if fault.path not in said]
    if read is None or faults:
        raise ConfigError(sorted(faults))
    return read


def _too_large() -> str:
    return f"is larger than {LARGEST // 1_000_000} MB: is it the right file?"


def warnings_of(
    path: Path,
    config: Config,
    year: int,
    *,
    posted: Iterable[str] = (),
    more: Iterable[Odd] = (),
) -> list[Fault]:
    """What is odd in the good config at `path`, in the order of the file.

    `posted`: whose events may be posted here, channels or `channel:account`. `more`:
    what is odd about the file here, with its paths.
    """
    document = read_yaml(path.read_text(encoding="utf-8"), str(path))
    odd = [*oddities(config, year, posted), *more]
    return sorted(place(str(path), document, *each) for each in odd)
