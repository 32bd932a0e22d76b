"""Steps that ask GraphQL over HTTP and compare what comes back."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from typing import Any, cast

import pytest
import yaml
from pytest_bdd import given, parsers, then, when

from conform.databases import Scratch
from conform.world.server import Answer, Server, signature
from conform.world.subject import Subject
from conform.world.workspace import Workspace

Table = Sequence[Sequence[str]]
WILDCARDS = {
    "<uuid>": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "<time>": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
    "<text>": re.compile(r".+", re.DOTALL),
}


class Asked:
    """A server with the usual registry, and the last response."""

    def __init__(self, server: Server, scratch: Scratch) -> None:
        self.server = server
        self.scratch = scratch
        self.answer: Answer | None = None
        self.names: dict[str, str] = {}

    @property
    def response(self) -> Any:
        """The last response, decoded."""
        assert self.answer is not None, "nothing was asked"
        return self.answer.json()

    def fill_in(self, text: str) -> str:
        """Replace ``{NAME}`` by the ids that the scenario knows by name."""
        for name, value in self.names.items():
            text = text.replace("{" + name + "}", value)
        return text

    def post(self, document: str, variables: Any = None, operation: str | None = None) -> None:
        """POST a request as JSON."""
        body = {"query": self.fill_in(document), "variables": variables}
        self.answer = self.server.post("/graphql", body | {"operationName": operation})


@pytest.fixture
def server_keys() -> dict[str, Any]:
    """What fraises.yaml says about the server beside the usual; steps fill it in."""
    return {}


@pytest.fixture
def asked(
    implementation: Subject, workspace: Workspace, scratch: Scratch, server_keys: dict[str, Any]
) -> Asked:
    """A server without an observer: shop (production, staging) and mail (production)."""
    workspace.configure(
        "shop", ("production", "staging"), {"main": "production", "next": "staging"}
    )
    workspace.configure("mail", ("production",), {"mail": "production"}, program="worker.py")
    if server_keys:
        document = yaml.safe_load(workspace.config.read_text())
        document["server"] |= server_keys
        workspace.write_config(yaml.dump(document, sort_keys=False))
    return Asked(implementation.serve(observer=False), scratch)


@given("a GraphQL server that knows shop and mail")
def a_server(asked: Asked) -> None:
    """Serve the usual registry."""
    assert asked.server.url


@given(parsers.parse("{fraise}/{environment} had these deployments:"))
def had_deployments(asked: Asked, fraise: str, environment: str, datatable: Table) -> None:
    """One row a deployment, oldest first: its name, its end, its version."""
    row = asked.scratch.row("SELECT id FROM v_fraise WHERE name = :name", name=fraise)
    asked.names[f"id of {fraise}"] = str(row["id"])
    for name, end, version in datatable[1:]:
        asked.names[name] = make_deployment(asked.scratch, fraise, environment, end, version)


def make_deployment(scratch: Scratch, fraise: str, environment: str, end: str, version: str) -> str:
    """A deployment that has come as far as ``end`` says; its id."""
    commit = uuid.uuid5(uuid.NAMESPACE_OID, version).hex + "00000000"
    request = scratch.call(
        "fn_request_deployment", fraise=fraise, environment=environment, git_commit=commit
    )
    identity = str(request["entity_id"])
    if end == "pending":
        return identity
    claim = scratch.call(
        "fn_claim_deployment", worker="w", lease_seconds=600, deployment_id=identity
    )
    task = {"deployment_id": identity, "fencing_token": claim["metadata"]["fencing_token"]}
    if end != "in_progress":
        scratch.call("fn_record_release", **task, version=version, git_commit=commit)
        why = {} if end == "success" else {"error_code": "build-failed", "error_message": "no"}
        scratch.call("fn_complete_deployment", **task, status=end, health="healthy", **why)
    return identity


@given(parsers.parse("{number:d} deployments of {fraise}/{environment} were asked for"))
def many_deployments(asked: Asked, number: int, fraise: str, environment: str) -> None:
    """Each supersedes the one before."""
    for _ in range(number):
        asked.scratch.call("fn_request_deployment", fraise=fraise, environment=environment)


@when("GraphQL is asked:")
def ask(asked: Asked, docstring: str) -> None:
    """POST a document."""
    asked.post(docstring)


@when(parsers.parse("GraphQL is asked with {variables}:"))
def ask_with(asked: Asked, variables: str, docstring: str) -> None:
    """POST a document with variables, which are JSON."""
    asked.post(docstring, json.loads(asked.fill_in(variables)))


@when(parsers.parse('GraphQL is asked for the operation "{operation}" of:'))
def ask_operation(asked: Asked, operation: str, docstring: str) -> None:
    """POST a document with several operations."""
    asked.post(docstring, None, operation)


@when(parsers.parse('GraphQL is handed a push to "{branch}" signed with {secret}'))
def hand_over(asked: Asked, workspace: Workspace, branch: str, secret: str) -> None:
    """Call processWebhook with what GitHub would have sent."""
    payload = json.dumps(workspace.push_event(branch, "a" * 40))
    key = workspace.secret if secret == "the secret" else "another-secret-of-a-stranger"
    signed = None if secret == "nothing" else signature(payload.encode(), key)
    document = """mutation($p: String!, $s: String) {
      processWebhook(provider: GITHUB, payload: $p, signature: $s) {
        success code event { provider branch processed deployments { fraise environment } }
      }
    }"""
    asked.post(document, {"p": payload, "s": signed})


@when(parsers.parse("{method} {path} is sent with {headers}"))
def send(asked: Asked, method: str, path: str, headers: str) -> None:
    """Send a request without a body."""
    asked.answer = asked.server.send(method, path, headers=_headers(headers))


@when(parsers.parse("{method} {path} carries {headers} and the body:"))
def send_body(asked: Asked, method: str, path: str, headers: str, docstring: str) -> None:
    """Send a request as it stands."""
    asked.answer = asked.server.send(method, path, docstring, _headers(headers))


def _headers(text: str) -> dict[str, str]:
    if text == "no headers":
        return {}
    return dict(entry.split(": ", 1) for entry in text.split(" | "))


@then("the data is:")
def data_is(asked: Asked, docstring: str) -> None:
    """Exactly this, with the keys in this order, and no errors."""
    assert "errors" not in asked.response, asked.response
    expected = json.loads(asked.fill_in(docstring))
    compare(asked.response["data"], expected, "data")


@then("the data with its errors is:")
def data_with_errors_is(asked: Asked, docstring: str) -> None:
    """Exactly this data, beside errors."""
    assert asked.response.get("errors"), asked.response
    compare(asked.response["data"], json.loads(asked.fill_in(docstring)), "data")


@then(parsers.parse('there is an error "{code}"'))
def error_is(asked: Asked, code: str) -> None:
    """The first error has this code, a message, and nothing was executed."""
    error = asked.response["errors"][0]
    assert error["extensions"]["code"] == code, error
    assert error["message"], error
    assert "data" not in asked.response, asked.response


@then(parsers.parse('the field "{path}" has the error "{code}"'))
def field_error_is(asked: Asked, path: str, code: str) -> None:
    """An error with a code, a path and a place in the document."""
    found = [e for e in asked.response["errors"] if e.get("path") == path.split(".")]
    assert len(found) == 1, asked.response
    assert found[0]["extensions"]["code"] == code, found
    assert found[0]["locations"][0].keys() == {"line", "column"}, found


@then(parsers.parse("the list {name} has {number:d} entries"))
def list_has(asked: Asked, name: str, number: int) -> None:
    """A root list is so long."""
    assert len(asked.response["data"][name]) == number, asked.response


@then(parsers.parse("the HTTP answer is {status:d} as {media_type}"))
def http_answer_is(asked: Asked, status: int, media_type: str) -> None:
    """Status and content type."""
    assert asked.answer is not None
    shown = asked.answer.headers.get("content-type", "")
    assert (asked.answer.status, shown.split(";")[0]) == (status, media_type), asked.answer.text


@then(parsers.parse("its header {name} is {value}"))
def header_is(asked: Asked, name: str, value: str) -> None:
    """A header of the answer."""
    assert asked.answer is not None
    assert asked.answer.headers.get(name) == value, dict(asked.answer.headers)


@then(parsers.parse('the schema has "{line}" in {owner}'))
def schema_has(asked: Asked, line: str, owner: str) -> None:
    """Introspection shows a field with exactly these arguments, defaults and type."""
    fields = asked.response["data"]["__type"]["fields"]
    shown = [_shown(field) for field in fields]
    assert line in shown, f"{owner}: {shown}"


def _shown(field: dict[str, Any]) -> str:
    arguments = [
        f"{a['name']}: {_type(a['type'])}"
        + (f" = {a['defaultValue']}" if a["defaultValue"] else "")
        for a in field["args"]
    ]
    listed = f"({', '.join(arguments)})" if arguments else ""
    return f"{field['name']}{listed}: {_type(field['type'])}"


def _type(entry: dict[str, Any]) -> str:
    if entry["kind"] == "NON_NULL":
        return _type(entry["ofType"]) + "!"
    if entry["kind"] == "LIST":
        return f"[{_type(entry['ofType'])}]"
    return entry["name"]


def compare(found: Any, expected: Any, at: str) -> None:
    """Like equality, but with the order of keys, and with wildcards for what no one knows."""
    if isinstance(expected, str) and expected in WILDCARDS:
        assert isinstance(found, str), f"{at}: {found!r}"
        assert WILDCARDS[expected].fullmatch(found), f"{at}: {found!r} is no {expected}"
    elif isinstance(expected, dict):
        _compare_objects(found, cast("dict[str, Any]", expected), at)
    elif isinstance(expected, list):
        wanted = cast("list[Any]", expected)
        assert isinstance(found, list), f"{at}: {found!r}"
        assert len(cast("list[Any]", found)) == len(wanted), f"{at}: {found!r}"
        for index, value in enumerate(wanted):
            compare(found[index], value, f"{at}.{index}")
    else:
        assert isinstance(found, bool) == isinstance(expected, bool), f"{at}: {found!r}"
        assert found == expected, f"{at}: {found!r}"


def _compare_objects(found: Any, expected: dict[str, Any], at: str) -> None:
    assert isinstance(found, dict), f"{at}: {found!r}"
    keys = list(cast("dict[str, Any]", found))
    assert keys == list(expected), f"{at}: keys {keys}"
    for key, value in expected.items():
        compare(found[key], value, f"{at}.{key}")
