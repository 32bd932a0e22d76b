"""Read a forge's JSON strictly: what is not there or of another kind is a FraisierError."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import unquote_to_bytes

from fraisier.domain.errors import FraisierError
from fraisier.git.base import header

TEXT_MAX = 2_000
FIELDS_MAX = 10


def malformed(message: str) -> FraisierError:
    """The error for a payload that no forge sends."""
    return FraisierError(message, code="malformed-payload")


def load_object(headers: Mapping[str, str], payload: bytes) -> dict[str, Any]:
    """
    The JSON object of a delivery, sent as such or in a form's ``payload`` field.

    Raises:
        FraisierError: ``malformed-payload``.
    """
    content = form_payload(payload) if is_form(headers) else payload
    if content is None:
        raise malformed("the form has not one field payload")
    return read_object(content)


def read_object(content: bytes | str) -> dict[str, Any]:
    """
    The object of a JSON text.

    Raises:
        FraisierError: ``malformed-payload``.
    """
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
        document: object = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise malformed("the payload is not JSON") from error
    if not isinstance(document, dict):
        raise malformed("the payload is not a JSON object")
    return cast("dict[str, Any]", document)


def is_form(headers: Mapping[str, str]) -> bool:
    """Whether a delivery says that it is a form."""
    media_type = (header(headers, "content-type") or "").partition(";")[0]
    return media_type.strip().lower() == "application/x-www-form-urlencoded"


def form_payload(body: bytes) -> bytes | None:
    """The field ``payload`` of a form, byte by byte; nothing if there is not exactly one."""
    fields = [field.partition(b"=") for field in body.split(b"&", FIELDS_MAX)]
    found = [value for name, _, value in fields if name == b"payload"]
    if len(found) != 1 or len(fields) > FIELDS_MAX:
        return None
    return unquote_to_bytes(found[0].replace(b"+", b" "))


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)  # to make one takes as long as to use


def text(document: Mapping[str, Any], key: str) -> str | None:
    """A text, or ``None`` when it is absent, null or empty."""
    value = document.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > TEXT_MAX or not is_storable(value):
        raise malformed(f"{key} is not a text")
    return value


def is_storable(value: str) -> bool:
    """Whether a database can keep it: no NUL, and no half of a surrogate pair."""
    if "\x00" in value:
        return False
    return value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value)


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
    if not 4 <= len(value) <= 64 or value.strip("0123456789abcdef"):
        raise malformed("a commit is not 4 to 64 hexadecimal digits")
    return value if value.strip("0") else None
