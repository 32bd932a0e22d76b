"""The lines that a program of the exec protocol may say, each checked for itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from fraisier.effects.lines import OUTPUT_BYTES_MAX


def read_line(line: bytes) -> tuple[str, Any]:
    """
    The kind of a line (``log``, ``progress``, ``result``, ``error``, ``unsupported``)
    and what it says: a text for the first two, a mapping for the next two.

    Raises:
        ValueError: It is no line of the protocol; the text continues "line 3 ...".
    """
    message = _parsed(line)
    kinds = message.keys() & _READERS.keys()
    if len(kinds) != 1:
        raise ValueError(f"has not exactly one of the keys {', '.join(_READERS)}")
    kind = kinds.pop()
    spare = message.keys() - {kind} - ({"message"} if kind == "progress" else set())
    if spare:
        raise ValueError(f"has keys beside {kind}")
    return kind, _READERS[kind](message)


def _parsed(line: bytes) -> Mapping[str, Any]:
    if len(line) > OUTPUT_BYTES_MAX:
        raise ValueError(f"is longer than {OUTPUT_BYTES_MAX} bytes")
    try:
        message: object = json.loads(line.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise ValueError("is not JSON") from None
    if not isinstance(message, dict):
        raise ValueError("is not a JSON object")
    return cast("dict[str, Any]", message)


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _log(message: Mapping[str, Any]) -> str:
    return _text_of(message, "log")


def _progress(message: Mapping[str, Any]) -> str:
    value = message["progress"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise ValueError('has a "progress" that is no number from 0 to 100')
    text = _text_of(message, "message") if "message" in message else ""
    return f"{value:g} % {text}".rstrip()


def _result(message: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(message["result"], dict):
        raise ValueError('has a "result" that is no object')
    return cast("dict[str, Any]", message["result"])


def _error(message: Mapping[str, Any]) -> Mapping[str, Any]:
    error: object = message["error"]
    if not isinstance(error, dict) or not {"code", "message"} <= error.keys() <= _ERROR_KEYS:
        raise ValueError('has an "error" that is no object of code, message and hint')
    known = cast("dict[str, Any]", error)
    for key in ("code", "message"):
        if not _text_of(known, key).strip():
            raise ValueError(f'has an "error" with an empty "{key}"')
    if known.get("hint") is not None:
        _text_of(known, "hint")
    return known


def _unsupported(message: Mapping[str, Any]) -> bool:
    if message["unsupported"] is not True:
        raise ValueError('has an "unsupported" that is not true')
    return True


def _text_of(message: Mapping[str, Any], key: str) -> str:
    value = message[key]
    if not isinstance(value, str):
        raise ValueError(f'has a "{key}" that is no text')
    return value


_ERROR_KEYS = {"code", "message", "hint"}
_READERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "log": _log,
    "progress": _progress,
    "result": _result,
    "error": _error,
    "unsupported": _unsupported,
}
