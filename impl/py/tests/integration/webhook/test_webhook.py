"""What the webhook receiver answers, over real HTTP, to friend and foe."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fraisier.db import connect

Start = Callable[..., Any]
MAIN = {
    "ref": "refs/heads/main",
    "before": "b" * 40,
    "after": "a" * 40,
    "deleted": False,
    "repository": {"full_name": "acme/shop", "clone_url": "https://github.com/acme/shop.git"},
    "sender": {"login": "ada"},
}
ZERO = "0" * 40


@pytest.fixture
def server(shared_server: Any) -> Any:
    """The server that all tests of this module ask."""
    return shared_server


def rows(server: Any, view: str) -> list[dict[str, Any]]:
    """What the server's database shows."""
    db = connect(f"sqlite:///{server.folder / 'fraisier.db'}")
    try:
        return db.read(view)
    finally:
        db.close()


def code(answer: httpx.Response) -> str:
    """The code of an error answer."""
    return answer.json()["error"]["code"]


def test_webhook__mapped_branch__requests_each_target(start: Start, database_url: str) -> None:
    """A signed push answers 202 with the deployments that are now waiting."""
    server = start(database_url)
    answer = server.deliver(MAIN)
    assert answer.status_code == 202
    document = answer.json()
    assert document["status"] == "accepted"
    targets = [(each["fraise"], each["environment"]) for each in document["deployments"]]
    assert targets == [("shop", "production"), ("shop", "staging")]
    db = connect(database_url)
    waiting = db.read("v_deployment", {"status": "pending"}, order=["pk_deployment"])
    db.close()
    assert [each["id"] for each in waiting] == [each["id"] for each in document["deployments"]]
    assert {each["git_commit"] for each in waiting} == {"a" * 40}
    assert {each["actor"] for each in waiting} == {"ada"}
    assert waiting[0]["webhook_id"] == document["event"]["id"]


def test_webhook__redelivery__answers_the_same(server: Any) -> None:
    """The same delivery id deploys once and answers like the first time."""
    first = server.deliver(MAIN, x_github_delivery="one")
    before = len(rows(server, "v_deployment"))
    again = server.deliver(MAIN, x_github_delivery="one")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert len(rows(server, "v_deployment")) == before


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ref": "refs/heads/other"}, "branch-not-mapped"),
        ({"ref": "refs/tags/main"}, "tag-not-mapped"),
        ({"after": ZERO, "deleted": True}, "branch-deleted"),
        (
            {"repository": {"full_name": "eve/shop", "clone_url": "https://github.com/eve/shop"}},
            "other-repository",
        ),
    ],
)
def test_webhook__nothing_to_deploy__says_why(
    server: Any, changes: dict[str, Any], reason: str
) -> None:
    """A push that means no deployment is kept and answered with the reason."""
    answer = server.deliver({**MAIN, **changes})
    assert (answer.status_code, answer.json()["status"]) == (200, "ignored")
    assert answer.json()["reason"] == reason


@pytest.mark.parametrize(("event", "reason"), [("ping", "ping"), ("star", "event-not-handled")])
def test_webhook__other_events__are_ignored(server: Any, event: str, reason: str) -> None:
    """Events that mean no deployment are accepted and ignored."""
    answer = server.deliver({"zen": "Keep it simple."}, x_github_event=event)
    assert (answer.status_code, answer.json()["reason"]) == (200, reason)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"secret": "another-secret"}, "bad-signature"),
        ({"x_hub_signature_256": None}, "missing-signature"),
        ({"x_hub_signature_256": ""}, "missing-signature"),
        ({"x_hub_signature_256": "sha256="}, "bad-signature"),
        ({"x_hub_signature_256": "sha1=" + "0" * 40}, "bad-signature"),
        ({"x_hub_signature_256": "sha256=" + "z" * 64}, "bad-signature"),
        ({"x_hub_signature_256": "\xe9" * 64}, "bad-signature"),
        ({"x_hub_signature_256": None, "x_hub_signature": "sha1=" + "0" * 40}, "missing-signature"),
    ],
)
def test_webhook__wrong_signature__is_refused(
    server: Any, changes: dict[str, Any], expected: str
) -> None:
    """401 with the exact code, and nothing is kept."""
    headers = {k: v for k, v in changes.items() if k != "secret"}
    encoded = {k: v.encode("latin-1") if v else v for k, v in headers.items()}
    extra = {"secret": changes["secret"]} if "secret" in changes else {}
    before = rows(server, "v_recent_webhooks")
    answer = server.deliver(MAIN, **encoded, **extra)
    assert (answer.status_code, code(answer)) == (401, expected)
    assert rows(server, "v_recent_webhooks") == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-hub-signature-256", "sha256=" + "0" * 64),
        ("x-github-event", "ping"),
        ("x-github-delivery", "another"),
        ("content-type", "text/plain"),
    ],
)
def test_webhook__header_twice__is_refused(server: Any, name: str, value: str) -> None:
    """Nobody can say which of the two was meant, so neither is."""
    body = json.dumps(MAIN).encode()
    sent = server.deliver(body).request.headers
    answer = server.client.post("/webhook", content=body, headers=[*sent.raw, (name, value)])
    assert (answer.status_code, code(answer)) == (400, "duplicate-header")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"17",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"ref": ' + b"[" * 100_000,
        b'{"ref": null}',
        b'{"ref": "refs/heads/main"}',
        b'{"ref": 1, "after": 2}',
        b'{"ref": "refs/heads/main", "after": "not hexadecimal"}',
        b'{"ref": "refs/heads/main", "after": ' + b"9" * 5000 + b"}",
        b'{"ref": "refs/heads/main", "after": "%s", "repository": []}' % (b"a" * 40),
        b'{"ref": "refs/heads/\\u0000", "after": "%s"}' % (b"a" * 40),
        b'{"ref": "refs/heads/\\ud800", "after": "%s"}' % (b"a" * 40),
        b'{"ref": "refs/heads/main", "after": "%s", "sender": {"login": "\\ud800"}}' % (b"a" * 40),
        b'{"ref": "refs/heads/main", "after": NaN}',
    ],
)
def test_webhook__malformed_body__is_a_client_error(server: Any, body: bytes) -> None:
    """A signed body that no forge sends is a 400, whatever is wrong with it."""
    answer = server.deliver(body)
    assert (answer.status_code, code(answer)) == (400, "malformed-payload")


@pytest.mark.parametrize(
    "value", [None, [], {}, 0, 1e400, "", "x" * 100_000, {"login": None}, {"login": [1]}, True]
)
@pytest.mark.parametrize("key", ["repository", "sender", "before", "deleted", "ref", "after"])
def test_webhook__any_value_anywhere__is_no_server_error(server: Any, key: str, value: Any) -> None:
    """No value of any key can make the server fail."""
    answer = server.deliver({**MAIN, key: value})
    assert answer.status_code in (200, 202, 400)


@pytest.mark.parametrize(
    ("query", "status", "expected"),
    [
        ("?provider=github", 202, None),
        ("?provider=gitlab", 400, "unknown-webhook-provider"),
        ("?provider=sourcehut", 400, "unknown-webhook-provider"),
        ("?provider=", 400, "unknown-webhook-provider"),
        ("?provider=github&provider=gitlab", 400, "unknown-webhook-provider"),
        ("?provider=%00", 400, "unknown-webhook-provider"),
        ("?" + "a=1&" * 50, 400, "invalid-argument"),
    ],
)
def test_webhook__provider_in_the_query__is_looked_up(
    server: Any, query: str, status: int, expected: str | None
) -> None:
    """The query may name the forge; only a configured one is taken."""
    body = json.dumps(MAIN).encode()
    headers = server.deliver(b"{}").request.headers
    digest = hmac.new(b"a-secret-for-these-tests", body, hashlib.sha256).hexdigest()
    sent = {
        "content-type": "application/json",
        "x-github-event": "push",
        "x-github-delivery": headers["x-github-delivery"],
        "x-hub-signature-256": f"sha256={digest}",
    }
    answer = server.client.post("/webhook" + query, content=body, headers=sent)
    assert answer.status_code == status
    if expected:
        assert code(answer) == expected


def test_webhook__no_forge_recognised__is_refused(server: Any) -> None:
    """Headers of no known forge are a client error."""
    answer = server.deliver(MAIN, x_github_event=None)
    assert (answer.status_code, code(answer)) == (400, "unknown-webhook-provider")


def test_webhook__gitea_headers__are_not_taken_for_github(server: Any) -> None:
    """Gitea also sends GitHub's headers; its deliveries are Gitea's."""
    answer = server.deliver(MAIN, x_gitea_event="push")
    assert (answer.status_code, code(answer)) == (400, "unknown-webhook-provider")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json; charset=utf-8", 202),
        ("application/vnd.github+json", 202),
        (None, 202),
        ("text/plain", 415),
        ("multipart/form-data; boundary=x", 415),
        ("", 415),
    ],
)
def test_webhook__media_type__is_checked(server: Any, kind: str | None, status: int) -> None:
    """JSON is taken, also unnamed; anything that says to be something else is not."""
    assert server.deliver(MAIN, content_type=kind).status_code == status


def test_webhook__form_body__is_taken(server: Any) -> None:
    """GitHub's other content type carries the JSON in a form field."""
    body = urlencode({"payload": json.dumps(MAIN)}).encode()
    answer = server.deliver(body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 202


def test_webhook__no_delivery_id__is_refused(server: Any) -> None:
    """Without an id a redelivery could not be told from a new push."""
    answer = server.deliver(MAIN, x_github_delivery=None)
    assert answer.status_code == 400


def test_webhook__secret__is_in_no_log(start: Start, sqlite_url: str) -> None:
    """Whatever happens, the log is JSON lines without the secret."""
    server = start(sqlite_url)
    server.deliver(MAIN)
    server.deliver(MAIN, secret="another-secret")
    server.stop()
    assert "a-secret-for-these-tests" not in (server.folder / "log").read_text()
    assert any(line["source"] == "fraisier.webhook" for line in server.log())


@pytest.mark.parametrize("delivery", ["", "x" * 201, "y" * 3000])
def test_webhook__odd_delivery_id__is_refused(server: Any, delivery: str) -> None:
    """An id goes into an index, whose entries are bounded."""
    answer = server.deliver(MAIN, x_github_delivery=delivery)
    assert (answer.status_code, code(answer)) == (400, "malformed-payload")


def test_webhook__form_body__is_told_by_any_spelling(server: Any) -> None:
    """Media types have no case."""
    body = urlencode({"payload": json.dumps(MAIN)}).encode()
    kind = "Application/X-WWW-Form-URLencoded; charset=UTF-8"
    assert server.deliver(body, content_type=kind).status_code == 202
