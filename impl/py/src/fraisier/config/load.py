"""Finding and loading ``fraises.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from fraisier.config.build import build_config
from fraisier.config.document import Document, read_document
from fraisier.config.plugins import load_plugins
from fraisier.config.problems import ConfigurationError, Problem
from fraisier.config.reader import Reader
from fraisier.config.rules import check_rules
from fraisier.config.secrets import secrets_of
from fraisier.config.trusted import read_trusted
from fraisier.config.values import Config
from fraisier.domain.errors import FraisierError

PLACES = ("fraises.yaml", "config/fraises.yaml")
_BYTES_MAX = 1_048_576


def find(path: Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """
    The configuration file: the one given, ``FRAISIER_CONFIG``, or one of ``PLACES``.

    Raises:
        FraisierError: ``config-not-found``.
    """
    given = path or (Path(environ["FRAISIER_CONFIG"]) if environ.get("FRAISIER_CONFIG") else None)
    if given is not None:
        if not _is_file(cwd / given):
            raise FraisierError(f"there is no file {given}", code="config-not-found")
        return cwd / given
    for place in PLACES:
        if _is_file(cwd / place):
            return cwd / place
    raise FraisierError(
        f"there is no {' or '.join(PLACES)} here",
        code="config-not-found",
        hint="run: fraisier init, or name a file with --config",
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long, a folder that may not be entered
        return False


def load(path: Path, environ: Mapping[str, str]) -> Config:
    """
    Read, expand and check a configuration.

    Raises:
        ConfigurationError: With all problems of the file, the first in front.
        FraisierError: ``config-not-found`` when the file cannot be read.
    """
    file = _shown(path)
    document = read_document(_text(path, file), file, environ)
    reader = Reader(document)
    load_plugins(reader, path.absolute().parent)
    cleaned = _checked(reader, document)
    read_trusted(reader, cleaned or {}, path.absolute().parent)
    if cleaned is None or reader.problems:
        raise ConfigurationError(file, _shown_problems(reader, document))
    return build_config(path, cleaned, document.value, document.used)


def _checked(reader: Reader, document: Document) -> dict[str, Any] | None:
    if document.value is None:
        reader.refuse((), "the configuration is empty", hint="fraisier init writes an example")
        return None
    cleaned = reader.mapping("document", document.value, ())
    if cleaned is not None:
        check_rules(reader, cleaned)
    return cleaned


def _shown_problems(reader: Reader, document: Document) -> list[Problem]:
    is_mapping = isinstance(document.value, dict)
    secrets = secrets_of(
        cast("dict[str, Any]", document.value) if is_mapping else {}, document.used
    )
    return [problem.without(secrets) for problem in sorted(reader.problems, key=_line)]


def _line(problem: Problem) -> int:
    return problem.line or 0


def _text(path: Path, file: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise FraisierError(f"{file}: {reason}", code="config-not-found") from error
    if len(content) > _BYTES_MAX:
        message = f"the file is larger than {_BYTES_MAX} bytes"
        raise ConfigurationError(file, [Problem("config-invalid", message)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problem = Problem("config-syntax", "this is not UTF-8", line=line)
        raise ConfigurationError(file, [problem]) from error


def _shown(path: Path) -> str:
    # Under the working directory the short form is what the user typed and can click.
    cwd = Path.cwd()
    return str(path.relative_to(cwd)) if path.is_relative_to(cwd) else str(path)
