"""GraphQL over HTTP: methods, media types, bodies."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from fraisier.api.graphql_http import GRAPHQL_RESPONSE, JSON, negotiate
from fraisier.config import GraphqlSettings
from fraisier.domain.errors import FraisierError

from .conftest import Client

CONTENT = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("accept", "served"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json; charset=utf-8", JSON),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}; charset=utf-8, application/json; charset=utf-8", GRAPHQL_RESPONSE),
        (f"application/json;q=0.5, {GRAPHQL_RESPONSE};q=0.9", GRAPHQL_RESPONSE),
        ("text/html, */*;q=0.1", JSON),
    ],
)
def test_negotiate__accept__chooses(accept: str | None, served: str) -> None:
    """The best of what the client accepts, JSON when it leaves it open."""
    assert negotiate(accept) == served


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "x;q=nonsense"])
def test_negotiate__nothing_served__is_refused(accept: str) -> None:
    """What is not served is not acceptable."""
    with pytest.raises(FraisierError) as caught:
        negotiate(accept)
    assert caught.value.code == "not-acceptable"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"query": "\\ud800"}',
        b"[" * 100_000,
        b'{"query": "{ __typename }", "variables": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"query": 1e999}',
        b"null",
        b"[]",
    ],
)
def test_post__hostile_body__is_400(sqlite_client: Client, body: bytes) -> None:
    """No body is a fault of the server."""
    status, _, response = sqlite_client.send(headers=CONTENT, body=body)
    assert (status, response["errors"][0]["extensions"]["code"]) == (400, "graphql-bad-request")


def test_post__huge_body__is_413(sqlite_client: Client) -> None:
    """A body over the limit is not even parsed."""
    status, _, response = sqlite_client.send(
        headers=CONTENT, body=b" " * (GraphqlSettings().body + 1)
    )
    assert (status, response["errors"][0]["extensions"]["code"]) == (413, "body-too-large")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
def test_method__not_get_or_post__is_405(sqlite_client: Client, method: str) -> None:
    """Other methods are told which ones there are."""
    status, headers, _ = sqlite_client.send(method)
    assert (status, headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    ("query_string", "status"),
    [
        (b"", 400),
        (b"query=", 400),
        (b"query=%FF", 400),
        (b"query={__typename}&query={__typename}", 400),
        (b"query={__typename}&variables=[1]", 400),
        (b"query={__typename}&variables={", 400),
        (b"query={__typename}&variables=", 200),
        (b"query=" + quote("mutation { deploy }").encode(), 200),
        (b"query=" + quote("subscription { deploymentStarted { id } }").encode(), 200),
        (b"&".join(b"a%d=1" % i for i in range(50)), 400),
    ],
)
def test_get__query_string__is_read(
    sqlite_client: Client, query_string: bytes, status: int
) -> None:
    """GET asks queries; what is no request is the client's fault."""
    assert sqlite_client.send("GET", query_string=query_string)[0] == status


def test_get__operation_name__decides_what_is_written(sqlite_client: Client) -> None:
    """The chosen operation counts: a query beside a mutation may be asked."""
    document = (
        'query Q { fraises { name } } mutation M { deploy(fraise: "shop", environment: "x")'
        " { code } }"
    )
    query = b"query=" + quote(document).encode()
    assert sqlite_client.send("GET", query_string=query + b"&operationName=Q")[0] == 200
    assert sqlite_client.send("GET", query_string=query + b"&operationName=M")[0] == 405


def test_request_error__has_no_data(sqlite_client: Client) -> None:
    """A request that is not executed has errors and no data, in either media type."""
    body = json.dumps({"query": "{ nothing }"}).encode()
    for accept, wanted in ((JSON, 200), (GRAPHQL_RESPONSE, 400)):
        status, headers, response = sqlite_client.send(
            headers=CONTENT | {"accept": accept}, body=body
        )
        assert (status, headers["content-type"]) == (wanted, f"{accept}; charset=utf-8")
        assert response.keys() == {"errors"}
