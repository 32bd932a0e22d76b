"""Take secrets out of text before it is logged, stored or shown. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

MASK = "***"
SECRET_LENGTH_MIN = 4
LINE_LENGTH_MIN = 12

_TOKEN = re.compile(r"fraisier_[A-Za-z0-9_-]{43}")
_USERINFO = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/@'\"]+@")


def redact(text: str, secrets: Collection[str] = ()) -> str:
    """
    The text without any of the secrets, the user part of any URL and tokens of the API.

    A secret of several lines is also masked line by line, as it is printed.
    Secrets shorter than four characters are left alone: masking them would
    blank ordinary words and tell their length instead of hiding them.
    """
    parts = {part for secret in secrets for part in (secret, *_lines(secret))}
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= SECRET_LENGTH_MIN:
            text = text.replace(part, MASK)
    if "fraisier_" in text:
        text = _TOKEN.sub(MASK, text)
    if "://" in text:  # to look for the scheme takes longer
        text = _USERINFO.sub(rf"\g<scheme>{MASK}@", text)
    return text


def redact_values(value: Any, secrets: Collection[str]) -> Any:
    """A copy of plain data (mappings, lists, scalars) with every text in it redacted."""
    if isinstance(value, str):
        return redact(value, secrets)
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value).items()
        return {str(key): redact_values(item, secrets) for key, item in items}
    if isinstance(value, list | tuple):
        return [redact_values(item, secrets) for item in cast("Sequence[Any]", value)]
    return value


def _lines(secret: str) -> list[str]:
    """The lines of a secret that are long enough to be told from ordinary text."""
    lines = [line.strip() for line in secret.splitlines()]
    return [line for line in lines if len(line) >= LINE_LENGTH_MIN] if len(lines) > 1 else []
