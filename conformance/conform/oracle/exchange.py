"""What went to an endpoint of GraphQL and what came back, as the wire had it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

PATH = "/graphql"


@dataclass(frozen=True, slots=True)
class Asked:
    """A well-formed request; ``hash`` stands for a document that is not sent along."""

    query: str | None
    operation: str | None
    variables: Mapping[str, Any]
    hash: str | None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response; ``target`` is the path with its query string."""

    method: str
    target: str
    body: str
    status: int
    text: str
    content_type: str = ""

    @property
    def concerns_graphql(self) -> bool:
        """Whether this is about the endpoint, and has a response that can be read."""
        streams = self.content_type.startswith("text/event-stream")
        return urlsplit(self.target).path == PATH and self.method in ("GET", "POST") and not streams

    def asked(self) -> Asked | None:
        """The request; None when it is no request of GraphQL."""
        try:
            return _asked(self._fields())
        except (ValueError, RecursionError):
            return None

    def _fields(self) -> Any:
        if self.method == "POST":
            return json.loads(self.body)
        given = parse_qs(urlsplit(self.target).query, keep_blank_values=True)
        fields: dict[str, Any] = {name: values[0] for name, values in given.items()}
        for name in ("variables", "extensions"):
            fields[name] = json.loads(fields[name]) if fields.get(name) else None
        return fields


def _asked(fields: Any) -> Asked | None:
    if not isinstance(fields, dict):
        return None
    found = cast("dict[str, Any]", fields)
    query, operation = found.get("query"), found.get("operationName")
    variables, extensions = found.get("variables"), found.get("extensions")
    wanted = ((query, str), (operation, str), (variables, dict), (extensions, dict))
    if any(value is not None and not isinstance(value, kind) for value, kind in wanted):
        return None
    shown = _hash(found, extensions or {})
    if not query and shown is None:
        return None
    return Asked(query or None, operation or None, variables or {}, shown)


def _hash(fields: Mapping[str, Any], extensions: Mapping[str, Any]) -> str | None:
    persisted = extensions.get("persistedQuery")
    if isinstance(persisted, dict):
        return str(cast("dict[str, Any]", persisted).get("sha256Hash"))
    given = fields.get("documentId")
    return given.removeprefix("sha256:") if isinstance(given, str) else None
