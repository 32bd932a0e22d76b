"""Read a forge's JSON strictly: what is not there or of another kind is a FraisierError."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qs

from fraisier.domain.errors import FraisierError
from fraisier.git.base import header

TEXT_MAX = 2_000


def malformed(message: str) -> FraisierError:
    """The error for a payload that no forge sends."""
    return FraisierError(message, code="malformed-payload")


def load_object(headers: Mapping[str, str], payload: bytes) -> dict[str, Any]:
    """
    The JSON object of a delivery, sent as such or in a form's ``payload`` field.

    Raises:
        FraisierError: ``malformed-payload``.
    """
    try:
        text = payload.decode("utf-8")
        media_type = (header(headers, "content-type") or "").strip().lower()
        if media_type.startswith("application/x-www-form-urlencoded"):
            text = parse_qs(text, strict_parsing=True, max_num_fields=10)["payload"][0]
        document: object = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, KeyError, RecursionError) as error:
        raise malformed("the payload is not JSON") from error
    if not isinstance(document, dict):
        raise malformed("the payload is not a JSON object")
    return cast("dict[str, Any]", document)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def text(document: Mapping[str, Any], key: str) -> str | None:
    """A text, or ``None`` when it is absent, null or empty."""
    value = document.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > TEXT_MAX or not _storable(value):
        raise malformed(f"{key} is not a text")
    return value


def _storable(value: str) -> bool:
    return "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)


def needed_text(document: Mapping[str, Any], key: str) -> str:
    """A text that must be there."""
    value = text(document, key)
    if value is None:
        raise malformed(f"{key} is missing")
    return value


def child(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    """An object; an empty one when it is absent or null."""
    value = document.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise malformed(f"{key} is not an object")
    return cast("dict[str, Any]", value)


def flag(document: Mapping[str, Any], key: str) -> bool:
    """A boolean; false when it is absent or null."""
    value = document.get(key)
    if value is not None and not isinstance(value, bool):
        raise malformed(f"{key} is not a boolean")
    return bool(value)


def commit(value: str) -> str | None:
    """The commit in lower case; ``None`` for the all-zero one that means "no commit"."""
    value = value.lower()
    if not 7 <= len(value) <= 64 or any(c not in "0123456789abcdef" for c in value):
        raise malformed("a commit is not 7 to 64 hexadecimal digits")
    return value if value.strip("0") else None
