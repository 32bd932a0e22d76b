"""The start contract (``spec/start-contract.md``): one line in, one line out."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO, cast

from fraisier.domain.errors import FraisierError
from fraisier.http.run import ServeOptions

LINE_BYTES_MAX = 65_536
_KEYS = {"database_url": str, "config_path": str, "control_token": str, "observer": bool}
_NEEDED = ("database_url", "config_path")


def options_from(stream: TextIO, options: ServeOptions) -> ServeOptions:
    """
    ``options`` with what the supervisor's line says; loopback and a free port are meant.

    Raises:
        FraisierError: ``usage``: no line, no JSON, no database or configuration, a key
            of another name or type.
    """
    document = _document(stream.readline(LINE_BYTES_MAX))
    return replace(
        options,
        host="127.0.0.1",
        port=0,
        database_url=document["database_url"],
        config_path=Path(document["config_path"]),
        observer=document.get("observer", True),
        control_token=document.get("control_token") or None,
    )


def _document(line: str) -> dict[str, Any]:
    try:
        document: object = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _wrong("is not one line of JSON") from error
    if not isinstance(document, dict):
        raise _wrong("is not a JSON object")
    found = cast("dict[str, Any]", document)
    for key, value in found.items():
        if key not in _KEYS:
            raise _wrong(f'has an unknown key "{key[:40]}"')
        if not isinstance(value, _KEYS[key]):
            raise _wrong(f'has a wrong value for "{key}"')
    for key in _NEEDED:
        if not found.get(key):  # never by chance another database than the one meant
            raise _wrong(f'lacks "{key}"')
    return found


def _wrong(what: str) -> FraisierError:
    return FraisierError(f"standard input {what}", code="usage", hint="see spec/start-contract.md")


def announce(url: str, *, contract: bool) -> None:
    """Say on standard output where the server is, in one line."""
    line = json.dumps({"url": url}) if contract else f"Listening on {url}"
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
