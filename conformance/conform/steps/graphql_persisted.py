"""Steps about documents that a request names instead of sending them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from pytest_bdd import given, parsers, then, when

from conform.steps.graphql import Asked
from conform.world.workspace import Workspace

LISTED = "trusted.json"


def hashed(document: str) -> dict[str, Any]:
    """The extension that shows a document's hash."""
    shown = hashlib.sha256(document.encode()).hexdigest()
    return {"persistedQuery": {"version": 1, "sha256Hash": shown}}


@given("GraphQL trusts these documents:")
def trusts(
    workspace: Workspace, server_keys: dict[str, Any], datatable: Sequence[Sequence[str]]
) -> None:
    """A file beside fraises.yaml with documents by their ids."""
    documents = {row[0]: row[1] for row in datatable[1:]}
    (workspace.folder / LISTED).write_text(json.dumps(documents))
    server_keys["graphql"] = {"documents": LISTED}


@when(parsers.parse("GraphQL is shown the hash of `{document}` with {variables}"))
def show(asked: Asked, document: str, variables: str) -> None:
    """A request without a document."""
    body = {"extensions": hashed(document), "variables": json.loads(variables)}
    asked.answer = asked.server.post("/graphql", body)


@when(parsers.parse("GraphQL is shown the hash of `{document}` by GET"))
def show_by_get(asked: Asked, document: str) -> None:
    """The same, as caches like it."""
    shown = quote(json.dumps(hashed(document)))
    asked.answer = asked.server.get(f"/graphql?extensions={shown}")


@when(parsers.parse("GraphQL is sent `{document}` and its hash with {variables}"))
def send_both(asked: Asked, document: str, variables: str) -> None:
    """A request with a document and its hash."""
    body = {"query": document, "extensions": hashed(document)}
    asked.answer = asked.server.post("/graphql", body | {"variables": json.loads(variables)})


@when(parsers.parse("GraphQL is sent `{document}` and the hash of `{other}`"))
def send_wrong(asked: Asked, document: str, other: str) -> None:
    """A request that lies."""
    body = {"query": document, "extensions": hashed(other)}
    asked.answer = asked.server.post("/graphql", body)


@when(parsers.parse('GraphQL is shown the id "{identity}"'))
def show_id(asked: Asked, identity: str) -> None:
    """A request that names a document of the list."""
    asked.answer = asked.server.post("/graphql", {"documentId": identity})


@then(parsers.parse('the first message is "{message}"'))
def message_is(asked: Asked, message: str) -> None:
    """Clients go by these words."""
    assert asked.response["errors"][0]["message"] == message, asked.response
