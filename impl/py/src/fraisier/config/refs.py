"""The checks of what a webhook is compared with: branches, tags, files. All may be patterns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fraisier.config import scalars
from fraisier.config.problems import Path

if TYPE_CHECKING:
    from fraisier.config.reader import Reader

_CLASS = 'a pattern knows "*" (any text) and "?" (one character), and nothing else'
_FORBIDDEN = re.compile(r"[\s~^:\[\\\x00-\x1f\x7f]|\.\.|@\{|//|^[/-]|[/.]$|\.lock$")
_OUTSIDE = re.compile(r"(?:^|/)\.\.?(?:/|$)")


def branch(reader: Reader, value: Any, path: Path) -> str | None:
    """The name of a branch or a pattern of names, without ``refs/heads/``."""
    return _reference(reader, value, path, "branch", "refs/heads/")


def tag(reader: Reader, value: Any, path: Path) -> str | None:
    """The name of a tag or a pattern of names, without ``refs/tags/``."""
    return _reference(reader, value, path, "tag", "refs/tags/")


def file_pattern(reader: Reader, value: Any, path: Path) -> str | None:
    """A file of the repository, a folder (it ends with ``/``), or a pattern of such."""
    text: str | None = scalars.check(reader, "text", value, path)
    if text is None:
        return None
    hint = _mended(text)
    if hint is None:
        return text
    reader.refuse(path, f'"{text}" is not a file or folder of the repository', hint=hint)
    return None


def _reference(reader: Reader, value: Any, path: Path, what: str, prefix: str) -> str | None:
    text: str | None = scalars.check(reader, "text", value, path)
    if text is None:
        return None
    if text.startswith("refs/"):
        hint = f"write the name alone: {text.removeprefix(prefix)}"
    elif not _FORBIDDEN.search(text):
        return text
    else:
        hint = _CLASS if "[" in text else None
    reader.refuse(path, f'"{text}" is not the name of a {what}', hint=hint)
    return None


def _mended(text: str) -> str | None:
    """What to write instead; nothing when it is right as it is."""
    if text.startswith("/"):
        return f"paths start at the top of the repository: {text.lstrip('/') or '*'}"
    if text.startswith("!"):
        return "a pattern cannot leave something out; name what counts"
    if "\\" in text:
        return f'folders are divided by "/": {text.replace(chr(92), "/")}'
    if "[" in text:
        return f'{_CLASS}; "?" also stands for "[": {text.replace("[", "?")}'
    if _OUTSIDE.search(text) or "//" in text:
        whole = "/".join(part for part in text.split("/") if part not in ("", ".", ".."))
        return f"write the path as git shows it: {whole or '*'}"
    return None
