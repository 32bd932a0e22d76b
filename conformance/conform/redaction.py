"""What no report shows: secrets in what an implementation said, and in what it was told."""

from __future__ import annotations

import re
from typing import Any

HIDDEN = "***"
# The secret that the suite itself gives to every implementation.
WEBHOOK_SECRET = "a-secret-of-the-suite"
PASSWORD_IN_URL = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s/:@'\"]*):[^\s/@'\"]+@", re.IGNORECASE)
CREDENTIALS = re.compile(r"(\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)
NAMED = re.compile(
    r"([\w-]*(?:secret|token|password|api[_-]?key)(?:\\?[\"'])?\s*[:=]\s*(?:\\?[\"'])?)"
    r"[^\s\"'\\,;&)}\]]{8,}",
    re.IGNORECASE,
)


def redacted(value: Any) -> Any:
    """The value with every secret in its texts hidden; its shape stays."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {key: redacted(each) for key, each in _pairs(value)}
    if isinstance(value, list | tuple):
        return [redacted(each) for each in _items(value)]
    return value


def _text(text: str) -> str:
    text = text.replace(WEBHOOK_SECRET, HIDDEN)
    text = PASSWORD_IN_URL.sub(rf"\1:{HIDDEN}@", text)
    text = CREDENTIALS.sub(rf"\1{HIDDEN}", text)
    return NAMED.sub(rf"\1{HIDDEN}", text)


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    return list(value.items())


def _items(value: Any) -> list[Any]:
    return list(value)
