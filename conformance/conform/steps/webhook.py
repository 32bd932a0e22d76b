"""Steps of scenarios that deliver webhooks over HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from pytest_bdd import given, parsers, then, when

from conform.steps.asking import Happened
from conform.world.forges import GITHUB, Forge
from conform.world.server import Answer, signature
from conform.world.subject import Subject
from conform.world.workspace import Workspace

COMMIT = "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334"
PRODUCTS = {
    "nothing": b"",
    "null": b"null",
    "an array": b"[]",
    "a number": b"17",
    "half an object": b'{"ref": "refs/heads/main"',
    "no UTF-8": b'{"ref": "\xff\xfe"}',
    "deep nesting": b'{"ref": ' + b"[" * 200_000,
    "an empty push": b"{}",
    "a push without a commit": b'{"ref": "refs/heads/main"}',
    "a push with numbers": b'{"ref": 1, "after": 2}',
    "a commit of words": b'{"ref": "refs/heads/main", "after": "not hexadecimal"}',
    "a NUL in the branch": b'{"ref": "refs/heads/a\\u0000b", "after": "%s"}' % COMMIT.encode(),
    "half a surrogate": b'{"ref": "refs/heads/\\ud800", "after": "%s"}' % COMMIT.encode(),
}


@dataclass(slots=True)
class Delivering:
    """Speaks for a forge, GitHub unless the scenario says otherwise; remembers every answer."""

    happened: Happened
    workspace: Workspace
    forge: Forge = GITHUB
    secret: str = ""
    answers: list[Answer] = field(default_factory=list[Answer])
    sent: list[tuple[bytes, Mapping[str, str]]] = field(
        default_factory=list[tuple[bytes, Mapping[str, str]]]
    )

    def send(
        self,
        payload: Any,
        *,
        event: str = "",
        secret: str = "",
        delivery: str | None = None,
        headers: Mapping[str, str | None] | None = None,
        path: str = "/webhook",
    ) -> None:
        """
        Deliver a payload (bytes as they are), signed unless the options say otherwise.

        ``headers`` replace those of the forge or, with None, leave them out.
        """
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        key = secret or self.secret or self.workspace.secret
        signed = self.forge.headers(body, event or self.forge.event_of("push"), key, delivery)
        given = {**signed, **(headers or {})}
        self.post(body, {name: text for name, text in given.items() if text is not None}, path)

    def post(self, body: bytes, headers: Mapping[str, str], path: str = "/webhook") -> None:
        """Send a body as it is."""
        assert self.happened.server is not None, "no server is running"
        answer = self.happened.server.send("POST", path, body, headers)
        self.happened.answer = answer
        self.answers.append(answer)
        self.sent.append((body, headers))

    def push(self, branch: str = "main", commit: str = COMMIT, **changes: Any) -> dict[str, Any]:
        """A push of the scenario's repository."""
        if self.forge is GITHUB:
            return self.workspace.push_event(branch, commit, **changes)
        return self.forge.payload("push", branch, commit, **changes)

    def unsigned(self, *kept: str) -> dict[str, str | None]:
        """What leaves all that proves a sender out, but for some headers."""
        return {name: None for name in self.forge.signature_headers if name not in kept}


@pytest.fixture
def delivering(happened: Happened, workspace: Workspace) -> Delivering:
    """Speaks for the forge."""
    return Delivering(happened, workspace)


@given(parsers.parse('pushes of "{branch}" deploy "{fraise}" to "{environments}"'))
def mapped(workspace: Workspace, branch: str, fraise: str, environments: str) -> None:
    """A registry whose branch is mapped to one environment or several."""
    names = tuple(name.strip() for name in environments.split(","))
    workspace.configure(fraise, names, {branch: names[0]})
    text = workspace.config.read_text()
    for name in names[1:]:
        text += f"  - fraise: {fraise}\n    environment: {name}\n"
    workspace.write_config(text)


@when(parsers.parse('a push of "{branch}" is delivered'))
@given(parsers.parse('a push of "{branch}" was delivered'))
def deliver_push(delivering: Delivering, branch: str) -> None:
    """A signed push of the scenario's repository."""
    delivering.send(delivering.push(branch))


@when(parsers.parse('a push of "{branch}" at "{commit}" is delivered as "{delivery}"'))
@given(parsers.parse('a push of "{branch}" at "{commit}" was delivered as "{delivery}"'))
def deliver_named(delivering: Delivering, branch: str, commit: str, delivery: str) -> None:
    """A signed push with a delivery id of its own choice."""
    delivering.send(delivering.push(branch, commit), delivery=delivery)


@when(parsers.parse("a push is delivered where {key} is {value}"))
def deliver_changed(delivering: Delivering, key: str, value: str) -> None:
    """A signed push of main with another value (JSON) of one key."""
    delivering.send(delivering.push(**{key: json.loads(value)}))


@when(parsers.parse("a push of another repository is delivered"))
def deliver_foreign(delivering: Delivering) -> None:
    """The main branch of a repository that no fraise comes from."""
    if delivering.forge is not GITHUB:
        delivering.send(delivering.push(full_name="eve/shop"))
        return
    repository = {"full_name": "eve/shop", "clone_url": "https://github.com/eve/shop.git"}
    delivering.send(delivering.push(repository=repository))


@when('the deletion of the branch "main" is delivered')
def deliver_deletion(delivering: Delivering) -> None:
    """GitHub's push of a deleted branch (a commit of zeros), or what another forge sends."""
    if delivering.forge is GITHUB:
        delivering.send(delivering.push(commit="0" * 40, deleted=True))
        return
    event = delivering.forge.event_of("branch-deletion")
    delivering.send(delivering.forge.payload("branch-deletion", "main"), event=event)


@when("a push signed with another secret is delivered")
def deliver_wrong_secret(delivering: Delivering) -> None:
    """Someone who does not know the secret."""
    delivering.send(delivering.push(), secret="not-the-secret-of-this-hook")


@when("a push without a signature is delivered")
def deliver_unsigned(delivering: Delivering) -> None:
    """Someone who does not even try."""
    delivering.send(delivering.push(), headers=delivering.unsigned())


@when("a push with the signature of another body is delivered")
def deliver_tampered(delivering: Delivering, workspace: Workspace) -> None:
    """A body that was changed after it had been signed."""
    genuine = json.dumps(delivering.push()).encode()
    secret = delivering.secret or workspace.secret
    headers = delivering.forge.headers(genuine, delivering.forge.push, secret)
    delivering.post(genuine.replace(b"alice", b"mallory"), headers)


@when(parsers.parse('a push with the signature "{value}" is delivered'))
def deliver_signature(delivering: Delivering, value: str) -> None:
    """Any text as signature."""
    headers = dict.fromkeys(delivering.forge.signature_headers, value)
    delivering.send(delivering.push(), headers=headers)


@when(parsers.parse('a push with only the older signature "{value}" is delivered'))
def deliver_older_signature(delivering: Delivering, value: str) -> None:
    """The SHA-1 header alone."""
    headers = {"X-Hub-Signature-256": None, "X-Hub-Signature": value}
    delivering.send(delivering.push(), headers=headers)


@when(parsers.parse('the event "{event}" is delivered'))
def deliver_event(delivering: Delivering, event: str) -> None:
    """An event that is no push."""
    delivering.send({"zen": "Keep it logically awesome.", "hook_id": 1}, event=event)


@when(parsers.parse("a signed body that is {what} is delivered"))
def deliver_product(delivering: Delivering, what: str) -> None:
    """A body that no forge sends, rightly signed."""
    delivering.send(PRODUCTS[what])


@when(parsers.parse("a signed body of {size:d} MiB is delivered"))
def deliver_large(delivering: Delivering, size: int) -> None:
    """A push with very much in it."""
    delivering.send(delivering.push(filler="x" * (size * 1024 * 1024)))


@when(parsers.parse('a push is delivered with the content type "{kind}"'))
def deliver_typed(delivering: Delivering, kind: str) -> None:
    """A signed push that says to be of another media type."""
    delivering.send(delivering.push(), headers={"Content-Type": kind})


@when("a push is delivered as a form")
def deliver_form(delivering: Delivering) -> None:
    """GitHub's other content type."""
    body = urlencode({"payload": json.dumps(delivering.push())}).encode()
    delivering.send(body, headers={"Content-Type": "application/x-www-form-urlencoded"})


@when(parsers.parse('a push is delivered to "{path}"'))
def deliver_to(delivering: Delivering, path: str) -> None:
    """A signed push to a path with a query."""
    delivering.send(delivering.push(), path=path)


@when(parsers.parse('a push is delivered with the header "{name}" beside GitHub\'s'))
def deliver_with_header(delivering: Delivering, name: str) -> None:
    """What a forge sends that also imitates GitHub."""
    delivering.send(delivering.push(), headers={name: "push"})


@when('a push is delivered without the header "X-GitHub-Event"')
def deliver_anonymous(delivering: Delivering) -> None:
    """Nobody says which forge it is."""
    delivering.send(delivering.push(), headers={"X-GitHub-Event": None})


@when(parsers.parse("processWebhook is asked with {kind} signature"))
def deliver_mutation(delivering: Delivering, workspace: Workspace, kind: str) -> None:
    """The same webhook through GraphQL."""
    assert delivering.happened.server is not None, "no server is running"
    payload = json.dumps(delivering.push())
    right = signature(payload.encode(), workspace.secret)
    variables = {
        "payload": payload,
        "signature": {"a right": right, "a wrong": "sha256=" + "0" * 64, "no": None}[kind],
    }
    query = (
        "mutation ($payload: String!, $signature: String) { processWebhook(provider: GITHUB,"
        " payload: $payload, signature: $signature) { success code } }"
    )
    body = {"query": query, "variables": variables}
    delivering.happened.answer = delivering.happened.server.post("/graphql", body)


@then("both deliveries got the same answer")
def same_answer(delivering: Delivering) -> None:
    """Status and body of the last two answers are equal."""
    one, other = delivering.answers[-2:]
    assert (one.status, one.json()) == (other.status, other.json())


@then(parsers.parse('it is accepted for "{targets}"'))
def accepted(happened: Happened, targets: str) -> None:
    """202 with one deployment for each target, in order, and the event's id."""
    document = happened.response.json()
    assert happened.response.status == 202, happened.response.text
    assert document["status"] == "accepted"
    assert document["event"]["id"]
    found = [f"{each['fraise']}/{each['environment']}" for each in document["deployments"]]
    assert found == [target.strip() for target in targets.split(",")]


@then(parsers.parse('it is ignored because of "{reason}"'))
def ignored(happened: Happened, reason: str) -> None:
    """200 with the reason, and no deployment."""
    document = happened.response.json()
    assert happened.response.status == 200, happened.response.text
    assert (document["status"], document["reason"]) == ("ignored", reason)
    assert not document.get("deployments")


@then(parsers.parse('the request is refused with {status:d} and "{code}"'))
def request_refused(happened: Happened, status: int, code: str) -> None:
    """The status, and the code in the JSON error."""
    assert happened.response.status == status, happened.response.text
    error = happened.response.json()["error"]
    assert error["code"] == code, error
    assert error["message"]


@then("it is no server error")
def no_server_error(happened: Happened) -> None:
    """Whatever a client sends, the fault is never the server's."""
    assert happened.response.status < 500, happened.response.text


@then(parsers.parse('the waiting deployment of "{place}" is of commit "{commit}" by "{actor}"'))
def waiting_deployment(implementation: Subject, place: str, commit: str, actor: str) -> None:
    """The queue holds exactly this for the environment, as history tells it."""
    fraise, environment = place.split("/")
    asked = implementation.cli(
        "history", "--fraise", fraise, "--environment", environment, "--json"
    )
    waiting = [each for each in asked.json()["deployments"] if each["outcome"] == "pending"]
    assert len(waiting) == 1, waiting
    assert waiting[0]["git_commit"] == commit
    assert waiting[0]["actor"] == actor
    assert waiting[0]["triggered_by"] == "WEBHOOK"
