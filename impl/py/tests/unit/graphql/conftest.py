"""An endpoint over a real database with a small registry."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from fraisier.api.graphql_http import GraphqlHttp
from fraisier.db import connect
from fraisier.db.asynchronous import open_async
from fraisier.domain.identity import with_all_scopes
from fraisier.effects.assets import asset

REGISTRY: dict[str, Any] = {
    "fraises": [
        {
            "name": name,
            "type": kind,
            "description": None,
            "repository": None,
            "repository_key": None,
            "git_provider": "github",
            "database": None,
            "config": {},
            "environments": [
                {
                    "name": "production",
                    "provider": "local",
                    "target": {"port": 1},
                    "database": None,
                    "config": {},
                    "jobs": [],
                }
            ],
        }
        for name, kind in (("shop", "api"), ("mail", "etl"))
    ],
    "branch_mapping": [{"branch": "main", "fraise": "shop", "environment": "production"}],
}


def compiled_schema() -> dict[str, Any]:
    """The compiled schema of the checkout."""
    return json.loads(asset("schema/compiled/CompiledSchema.json").read_text(encoding="utf-8"))


class Client:
    """Asks the endpoint without a server; ``sql`` keeps every statement that it sent."""

    def __init__(self, url: str) -> None:
        with_registry = connect(url)
        with_registry.migrate()
        with_registry.call("fn_sync_registry", registry=REGISTRY, actor="test")
        self.database = with_registry
        self.url = url
        self.sql: list[str] = []
        self.identity = with_all_scopes("alice")

    async def _request(self, request: tuple[Any, ...], gate: Any) -> tuple[int, Any, bytes]:
        database = open_async(self.url)
        original = database.fetch_json

        async def fetch_json(sql: str, parameters: Any = ()) -> Any:
            self.sql.append(sql)
            return await original(sql, parameters)

        database.fetch_json = fetch_json  # type: ignore[method-assign]
        try:
            endpoint = GraphqlHttp(compiled_schema(), database, gate)
            return await endpoint.handle(*request)
        finally:
            await database.close()

    def send(
        self,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        query_string: bytes = b"",
        body: bytes = b"",
        gate: Any = None,
    ) -> tuple[int, dict[str, str], Any]:
        """One request as it stands; status, headers and the decoded body."""
        request = (method, headers or {}, query_string, body, self.identity)
        status, given, text = asyncio.run(self._request(request, gate))
        return status, {k.decode(): v.decode() for k, v in given}, json.loads(text)

    def ask(self, query: str, variables: Any = None, gate: Any = None) -> Any:
        """POST a document; the decoded response."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        return self.send(headers={"content-type": "application/json"}, body=body, gate=gate)[2]


@pytest.fixture
def client(database_url: str) -> Client:
    """A client of each dialect in turn."""
    return Client(database_url)


@pytest.fixture
def sqlite_client(sqlite_url: str) -> Client:
    """A client of SQLite, for what no dialect changes."""
    return Client(sqlite_url)
