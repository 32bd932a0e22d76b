"""What an identity may ask for: each root field has a scope."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fraisier.domain.identity import Identity

from .conftest import Client

DEPLOY = 'mutation { deploy(fraise: "shop", environment: "production") { success } }'
REVOKE = 'mutation { revokeToken(name: "ci") { code } }'


def asked(client: Client, scopes: list[str], query: str, media_type: str) -> tuple[int, Any]:
    """Status and body of the answer to somebody with these scopes."""
    client.identity = Identity("token ci", frozenset(scopes))
    headers = {"content-type": "application/json", "accept": media_type}
    status, _, body = client.send(headers=headers, body=json.dumps({"query": query}).encode())
    return status, body


@pytest.mark.parametrize(
    ("scope", "query"),
    [("read", "{ fraises { name } }"), ("deploy", DEPLOY), ("admin", "{ apiTokens { name } }")],
)
def test_scope__of_the_field__is_needed(sqlite_client: Client, scope: str, query: str) -> None:
    """The scope opens its fields; the two others do not."""
    others = [each for each in ("read", "deploy", "admin") if each != scope]
    status, body = asked(sqlite_client, others, query, "application/graphql-response+json")
    assert (status, body["errors"][0]["extensions"]["code"]) == (403, "forbidden")
    assert asked(sqlite_client, others, query, "application/json")[0] == 200
    assert "errors" not in asked(sqlite_client, [scope], query, "application/json")[1]


def test_scope__of_one_field_missing__nothing_is_done(sqlite_client: Client) -> None:
    """A document is done whole or not at all; the error says at which field."""
    query = DEPLOY[:-1] + 'revokeToken(name: "ci") { code } }'
    _, body = asked(sqlite_client, ["deploy"], query, "application/json")
    assert [error["message"].split(":")[0] for error in body["errors"]] == ["revokeToken"]
    assert "data" not in body
    assert sqlite_client.database.read("v_deployment") == []


def test_scope__typename__needs_none(sqlite_client: Client) -> None:
    """What tells nothing is told to whoever has a token."""
    status, body = asked(sqlite_client, [], "{ __typename }", "application/json")
    assert (status, body) == (200, {"data": {"__typename": "Query"}})
