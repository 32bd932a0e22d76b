"""Steps of scenarios in which a forge's payload comes through GraphQL."""

from __future__ import annotations

import json
import uuid

from pytest_bdd import when

from conform.steps.deploy_sentences import sentence
from conform.steps.webhook import COMMIT, Delivering
from conform.world.forges import GITLAB_SIGNED

MUTATION = """mutation Tell($provider: WebhookProvider!, $payload: String!, $signature: String) {
  processWebhook(provider: $provider, payload: $payload, signature: $signature) {
    success code event { provider eventType branch tag commitSha ignoredReason
      deployments { fraise environment } }
  }
}"""


@when(sentence('processWebhook brings the "{what}" of "{name}", rightly signed'))
def bring(delivering: Delivering, what: str, name: str) -> None:
    """The payload, and what the forge has in the header of its signature."""
    _ask(delivering, what, name, delivering.secret)


@when(sentence('processWebhook brings the "{what}" of "{name}", signed with another secret'))
def bring_wrongly_signed(delivering: Delivering, what: str, name: str) -> None:
    """The same of somebody who does not know the secret."""
    _ask(delivering, what, name, delivering.secret[:-4] + "AAAA")


@when(sentence('processWebhook brings the "{what}" of "{name}", unsigned'))
def bring_unsigned(delivering: Delivering, what: str, name: str) -> None:
    """Without any signature."""
    _ask(delivering, what, name, None)


def _ask(delivering: Delivering, what: str, name: str, secret: str | None) -> None:
    server = delivering.happened.server
    assert server is not None, "no server is running"
    payload = json.dumps(delivering.forge.payload(what, name, COMMIT))
    variables = {
        "provider": delivering.forge.provider.upper(),
        "payload": payload,
        "signature": None if secret is None else _signature(delivering, payload, secret),
    }
    body = {"query": MUTATION, "variables": variables}
    delivering.happened.answer = server.post("/graphql", body)


def _signature(delivering: Delivering, payload: str, secret: str) -> str:
    """What the header says; three headers of the signed form are one text with dots."""
    headers = delivering.forge.sign(payload.encode(), secret, str(uuid.uuid4()))
    if delivering.forge is GITLAB_SIGNED:
        return ".".join(headers.values())
    return headers[delivering.forge.signature_headers[0]]
