"""Whether the errors of a response have their form."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

KEYS = {"message", "locations", "path", "extensions"}


def problems(
    response: Mapping[str, Any], document: str | None, codes: Collection[str]
) -> Iterator[str]:
    """What is wrong with ``errors``, for a response that may have data too."""
    if "errors" not in response:
        return
    errors = response["errors"]
    if not isinstance(errors, list) or not errors:
        yield f"errors: {errors!r} is no list of errors"
        return
    for index, error in enumerate(cast("list[Any]", errors)):
        at = f"errors.{index}"
        if not isinstance(error, dict):
            yield f"{at}: {error!r} is no object"
            continue
        entry = cast("dict[str, Any]", error)
        yield from _entry(entry, at, codes)
        yield from _places(entry, at, document)
        if "data" in response:
            yield from _path(entry, at, response["data"])
        elif "path" in entry:
            yield f"{at}: a path, though nothing was executed"


def _entry(error: Mapping[str, Any], at: str, codes: Collection[str]) -> Iterator[str]:
    if extra := sorted(error.keys() - KEYS):
        yield f"{at}: it has {extra}"
    message = error.get("message")
    if not isinstance(message, str) or not message:
        yield f"{at}: the message is {message!r}"
    code = code_of(error)
    if code not in codes:
        yield f"{at}: the code {code!r} is not in spec/errors.yaml"


def code_of(error: Mapping[str, Any]) -> Any:
    """``extensions.code`` of an error, if it has one."""
    extensions = error.get("extensions")
    return cast("dict[str, Any]", extensions).get("code") if isinstance(extensions, dict) else None


def _places(error: Mapping[str, Any], at: str, document: str | None) -> Iterator[str]:
    if "locations" not in error:
        return
    places = error["locations"]
    if not isinstance(places, list) or not places:
        yield f"{at}: the locations are {places!r}"
        return
    lines = None if document is None else _lines(document)
    for place in cast("list[Any]", places):
        if not _is_place(place, lines):
            yield f"{at}: {place!r} is no place of the document"


def _lines(document: str) -> list[str]:
    """As the specification ends lines: at CR LF, LF or CR, and nowhere else."""
    return document.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _is_place(place: Any, lines: list[str] | None) -> bool:
    if not isinstance(place, dict) or set(cast("dict[str, Any]", place)) != {"line", "column"}:
        return False
    line, column = cast("dict[str, Any]", place).values()
    if not isinstance(line, int) or not isinstance(column, int) or line < 1 or column < 1:
        return False
    return lines is None or (line <= len(lines) and column <= len(lines[line - 1]) + 1)


def _path(error: Mapping[str, Any], at: str, data: Any) -> Iterator[str]:
    path = error.get("path")
    if not isinstance(path, list) or not path or "locations" not in error:
        yield f"{at}: an error of execution without path and locations"
        return
    value = data
    for step in cast("list[Any]", path):
        if value is None:
            return
        if not _leads_on(value, step):
            yield f"{at}: data has no {path}"
            return
        value = value[step]
    if value is not None:
        yield f"{at}: there is an error at {path}, and a value too"


def _leads_on(value: Any, step: Any) -> bool:
    if isinstance(value, list):
        return isinstance(step, int) and 0 <= step < len(cast("list[Any]", value))
    return isinstance(value, dict) and isinstance(step, str) and step in value
