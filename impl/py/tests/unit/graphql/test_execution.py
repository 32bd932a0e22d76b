"""What the executor sends to the database and makes of its answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fraisier.domain.errors import FraisierError

from .conftest import Client

EVENT = {
    "event_type": "push",
    "native_event": "push",
    "branch": "main",
    "tag": None,
    "commit_sha": "a" * 40,
    "before": None,
    "sender": "bob",
    "repository": None,
    "repository_keys": [],
}
WEBHOOK = 'mutation { processWebhook(provider: GITHUB, payload: "{}", signature: "s") { %s } }'


def test_query__every_root_field__is_one_statement(client: Client) -> None:
    """Nested objects and lists of a root field come with its one statement."""
    response = client.ask(
        "{ fraises { name environments { name } deploymentHistory { id steps { step } } }"
        " deployments { id } }"
    )
    assert [fraise["name"] for fraise in response["data"]["fraises"]] == ["mail", "shop"]
    assert len(client.sql) == 2


def test_query__argument__is_a_parameter(client: Client) -> None:
    """No text of a client becomes part of a statement."""
    client.ask('{ fraise(name: "x\' OR 1=1 --") { name } }')
    assert "OR 1=1" not in client.sql[0]


def test_query__absent_filter__is_no_condition(client: Client) -> None:
    """An argument that is absent or null filters nothing."""
    client.ask("query($f: String) { deployments(fraise: $f) { id } }", {"f": None})
    assert "WHERE" not in client.sql[0]


def test_query__nul_character__is_refused(client: Client) -> None:
    """PostgreSQL takes no NUL in a text: both dialects refuse it alike."""
    response = client.ask("query($n: String!) { fraise(name: $n) { id } }", {"n": "a\0b"})
    assert response["errors"][0]["extensions"]["code"] == "invalid-argument"


def test_query__response__is_compact_and_in_order(sqlite_client: Client) -> None:
    """Keys come in the client's order."""
    sqlite_client.database.call("fn_request_deployment", fraise="shop", environment="production")
    found = sqlite_client.ask("{ deployments { status id fraise } }")["data"]["deployments"][0]
    assert list(found) == ["status", "id", "fraise"]


def test_mutation__actor__is_recorded(client: Client) -> None:
    """The actor of the request is the one of the deployment."""
    response = client.ask(
        'mutation { deploy(fraise: "shop", environment: "production")'
        " { success deployment { actor triggeredBy } } }"
    )
    assert response["data"]["deploy"] == {
        "success": True,
        "deployment": {"actor": "alice", "triggeredBy": "API"},
    }


def test_mutation__null_for_a_default__counts_as_the_default(client: Client) -> None:
    """dryRun: null is dryRun: false."""
    response = client.ask(
        'mutation { deploy(fraise: "shop", environment: "production", dryRun: null) { code } }'
    )
    assert response["data"]["deploy"] == {"code": "requested"}


def test_gate__absent__refuses(client: Client) -> None:
    """Without a gate nobody can hand a webhook over."""
    response = client.ask(WEBHOOK % "success code")
    assert response["data"]["processWebhook"] == {"success": False, "code": "unauthorized"}


def test_gate__refuses__function_is_not_called(client: Client) -> None:
    """What the gate refuses never reaches the database."""

    def gate(provider: str, payload: str, signature: str | None) -> dict[str, Any]:
        raise FraisierError("No.", code="bad-signature")

    response = client.ask(WEBHOOK % "success code message event { id }", gate=gate)
    assert response["data"]["processWebhook"] == {
        "success": False,
        "code": "bad-signature",
        "message": "No.",
        "event": None,
    }
    assert client.database.read("v_recent_webhooks") == []


def test_gate__passes__gives_the_event(client: Client) -> None:
    """The gate sees provider, payload and signature, and gives the event."""
    seen: list[Any] = []

    async def gate(provider: str, payload: str, signature: str | None) -> dict[str, Any]:
        seen.append((provider, payload, signature))
        return {"event": EVENT, "hook": "default", "delivery_id": "d1", "actor": "bob"}

    response = client.ask(WEBHOOK % "code event { sender deployments { fraise } }", gate=gate)
    assert seen == [("github", "{}", "s")]
    assert response["data"]["processWebhook"] == {
        "code": "accepted",
        "event": {"sender": "bob", "deployments": [{"fraise": "shop"}]},
    }


def test_fault__in_the_gate__is_internal_and_silent(client: Client) -> None:
    """A fault of ours shows its code and nothing of its cause."""

    def gate(provider: str, payload: str, signature: str | None) -> dict[str, Any]:
        raise RuntimeError("secret")

    response = client.ask(WEBHOOK % "code", gate=gate)
    assert response["data"] is None
    assert response["errors"][0]["extensions"] == {"code": "internal"}
    assert "secret" not in json.dumps(response)


def test_stats__nothing_counted_but_the_name__is_one_object(client: Client) -> None:
    """There is one answer, whether rows would be counted or not."""
    response = client.ask('{ a: stats { __typename } b: stats(fraise: "nobody") { __typename } }')
    name = {"__typename": "DeploymentStats"}
    assert response == {"data": {"a": name, "b": name}}


def test_introspection__standard_query__is_served(sqlite_client: Client) -> None:
    """The query that tools send fits into the limits."""
    from graphql import build_client_schema, get_introspection_query

    response = sqlite_client.ask(get_introspection_query())
    assert "Deployment" in build_client_schema(response["data"]).type_map


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ " + " ".join(f"a{i}: fraises {{ name }}" for i in range(101)) + " }", "many-aliases"),
        ("{ " + "fraises { name } " * 201 + "}", "complex"),
        ("{ fraises { deploymentHistory(limit: 1000) { steps { id step state } } } }", "complex"),
        ("{ __schema { types { " + "ofType { " * 15 + "name" + " }" * 18, "deep"),
        ("{" + "fraises {" * 990 + "id" + "}" * 991, "deep"),
        (
            "{ fraises { name } } "
            + "".join(f"fragment F{i} on Fraise {{ id }} " for i in range(400)),
            "long",
        ),
    ],
)
def test_limits__costly_document__is_refused(
    sqlite_client: Client, document: str, code: str
) -> None:
    """Each limit has a code of its own, and nothing is executed."""
    response = sqlite_client.ask(document)
    assert response["errors"][0]["extensions"]["code"] == f"graphql-too-{code}"
    assert sqlite_client.sql == []
