"""The file of trusted documents that ``server.graphql.documents`` names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from fraisier.config.reader import Reader
from fraisier.config.sections import section

_AT = ("server", "graphql", "documents")
_BYTES_MAX = 16_777_216
_HINT = 'it must be JSON: {"ID": "the text of a document", ...}'


def read_trusted(reader: Reader, cleaned: dict[str, Any], folder: Path) -> None:
    """Put the documents of the file, by their ids, where its name is; note what is wrong."""
    graphql = cast("dict[str, Any]", section(section(cleaned, "server"), "graphql"))
    name: str | None = graphql.get("documents")
    if name is None:
        return
    try:
        graphql["documents"] = _documents((folder / name).read_bytes())
    except OSError as error:
        reader.refuse(_AT, f"{name}: {error.strerror or 'it cannot be read'}")
    except ValueError as error:
        reader.refuse(_AT, f"{name}: {error}", hint=_HINT)


def _documents(content: bytes) -> Mapping[str, str]:
    if len(content) > _BYTES_MAX:
        raise ValueError(f"the file is larger than {_BYTES_MAX} bytes")
    try:
        found: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError("this is not JSON") from error
    if not isinstance(found, dict):
        raise ValueError("this is no object of documents by their ids")
    documents = cast("dict[str, Any]", found)
    if wrong := [key for key, text in documents.items() if not isinstance(text, str) or not key]:
        raise ValueError(f'"{wrong[0]}" is not the id of a text')
    return documents
