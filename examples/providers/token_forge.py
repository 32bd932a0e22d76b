"""
A custom git provider in one Python file: a forge that sends a token in a header.

    plugins: [token_forge.py]
    git:
      provider: token-forge
      custom:
        token-forge: {webhook_secret: "${FORGE_TOKEN}"}

Its webhooks arrive at ``POST /webhook?provider=token-forge``.
"""

import hmac
import json
from collections.abc import Mapping

from fraisier.git import GitProvider, WebhookEvent, register_provider


@register_provider
class TokenForge(GitProvider):
    """Sends ``X-Forge-Token`` and a JSON object of ref, commit, repository and user."""

    name = "token-forge"

    def verify_webhook_signature(self, payload: bytes, headers: Mapping[str, str]) -> bool:
        """The comparison takes the same time for any token."""
        given = headers.get("x-forge-token", "").encode()
        return any(hmac.compare_digest(given, secret.encode()) for secret in self.secrets)

    def parse_webhook_event(self, headers: Mapping[str, str], payload: bytes) -> WebhookEvent:
        """Whatever goes wrong here is answered with 400 malformed-payload."""
        push = json.loads(payload)
        return WebhookEvent(
            provider=self.name,
            event_type="push",
            branch=push["ref"].removeprefix("refs/heads/"),
            commit_sha=push["commit"],
            sender=push.get("user"),
            repository=push["repository"],
            repository_keys=(f"forge.example/{push['repository']}".lower(),),
            delivery_id=headers.get("x-forge-delivery"),
        )
