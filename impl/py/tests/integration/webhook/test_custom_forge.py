"""A forge of a plugin over real HTTP: the class of the product document, filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

Start = Callable[..., Any]
FORGE = """
from fraisier.git import GitProvider, WebhookEvent, register_provider

class MyGitProvider(GitProvider):
    name = "mygit"

    def verify_webhook_signature(self, payload, headers):
        token = headers.get("X-MyGit-Token") or headers.get("X-MyGit-Signature")
        return token == "correct-horse"

    def parse_webhook_event(self, headers, payload):
        return WebhookEvent(
            provider=self.name,
            event_type="push",
            branch="main",
            commit_sha="abc123",
        )

register_provider(MyGitProvider)
"""
CONFIG = """
plugins: [providers/mygit.py]
git: {provider: mygit}
server: {open: true}
fraises:
  shop:
    git: {repository: https://git.example/team/shop.git}
    environments:
      production:
        branch: main
        target: {provider: local, command: [python3, app.py], port: 18997}
"""


@pytest.fixture
def server(start: Start, database_url: str) -> Any:
    """A server with the plugin."""
    (start.folder / "providers").mkdir()  # type: ignore[attr-defined]
    (start.folder / "providers/mygit.py").write_text(FORGE)  # type: ignore[attr-defined]
    return start(database_url, config=CONFIG)


def deliver(server: Any, token: str, query: str = "?provider=mygit") -> httpx.Response:
    """A delivery of the forge."""
    headers = {"content-type": "application/json", "x-mygit-token": token}
    return server.client.post(f"/webhook{query}", content=b'{"any": "thing"}', headers=headers)


def test_custom_forge__as_the_product_document_prints_it__deploys(server: Any) -> None:
    """Its push is accepted once, deploys, and is shown as CUSTOM."""
    answer = deliver(server, "correct-horse")
    assert answer.status_code == 202, answer.text
    [deployment] = answer.json()["deployments"]
    assert (deployment["fraise"], deployment["environment"]) == ("shop", "production")
    assert deliver(server, "correct-horse").json() == answer.json()
    query = "{ webhookEvents { provider branch commitSha } }"
    found = server.client.post("/graphql", json={"query": query}).json()["data"]["webhookEvents"]
    assert found == [{"provider": "CUSTOM", "branch": "main", "commitSha": "abc123"}]


def test_custom_forge__through_graphql__is_custom(server: Any) -> None:
    """The enumeration of the product document has no other name for it."""
    query = (
        'mutation ($s: String) { processWebhook(provider: CUSTOM, payload: "{}", signature: $s)'
        " { code event { provider } } }"
    )
    for signature, code in (("correct-horse", "accepted"), ("wrong", "bad-signature")):
        asked = {"query": query, "variables": {"s": signature}}
        answer = server.client.post("/graphql", json=asked).json()["data"]["processWebhook"]
        assert answer["code"] == code
    assert answer["event"] is None


def test_custom_forge__wrong_token_or_unknown_name__is_refused(server: Any) -> None:
    """Nobody gets in by the plugin who could not get in before."""
    refused = deliver(server, "wrong")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "bad-signature")
    unknown = deliver(server, "correct-horse", "?provider=custom")
    assert unknown.json()["error"]["code"] == "unknown-webhook-provider"
    assert deliver(server, "correct-horse", "").status_code == 400
