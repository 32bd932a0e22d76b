"""GitLab, gitlab.com and self-managed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from fraisier.domain.repository import repository_key
from fraisier.domain.values import RefChange, WebhookEvent
from fraisier.git.base import GitProvider, header
from fraisier.git.paths import touched
from fraisier.git.payload import child, commit, load_object, malformed, needed_text, text
from fraisier.git.refs import change, place_of, told
from fraisier.git.signatures import is_signed_by_standard, is_token

NO_COMMIT = "0" * 40
_PUSHES = {"Push Hook": "push", "Tag Push Hook": "tag_push"}
_ADDRESSES = {
    "project": ("git_http_url", "git_ssh_url", "web_url", "http_url", "ssh_url"),
    "repository": ("git_http_url", "git_ssh_url", "homepage", "url"),
}


class GitLab(GitProvider):
    """
    Proof: ``X-Gitlab-Token`` is one of ``git.gitlab.secret_token``.

    With ``git.gitlab.signing_secret`` it is the signature of Standard Webhooks over the
    body, and the token alone is not enough.
    """

    name = "gitlab"

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """The secrets of the signed form; with any, only signed deliveries count."""
        return tuple(s for s in self.settings.signing_secrets if s) if self.settings else ()

    @property
    def can_verify(self) -> bool:
        """A token or a signing secret is there."""
        return bool(self.secrets or self.signing_secrets)

    @classmethod
    def detects(cls, headers: Mapping[str, str]) -> bool:
        """GitLab names the event in ``X-Gitlab-Event``."""
        return header(headers, "x-gitlab-event") is not None

    def is_signed(self, headers: Mapping[str, str]) -> bool:
        """Whether the header is there that the settings ask for."""
        asked = "webhook-signature" if self._is_signing else "x-gitlab-token"
        return bool(header(headers, asked))

    @property
    def _is_signing(self) -> bool:
        # An empty signing secret must not open the way for the token.
        return self.settings is not None and bool(self.settings.signing_secrets)

    def verify_webhook_signature(self, payload: bytes, headers: Mapping[str, str]) -> bool:
        """Whether the delivery has the token, or the signature where one is asked for."""
        if self._is_signing:
            return is_signed_by_standard(self.signing_secrets, payload, headers)
        return is_token(self.secrets, header(headers, "x-gitlab-token") or "")

    def parse_webhook_event(self, headers: Mapping[str, str], payload: bytes) -> WebhookEvent:
        """Read pushes of branches and tags; every other event becomes ``other``."""
        native = header(headers, "x-gitlab-event")
        if not native:
            raise malformed("X-Gitlab-Event is missing")
        document = load_object(headers, payload)
        facts: dict[str, Any] = {"event_type": "other"}
        if native in _PUSHES:
            facts = _push(document, native)
        return WebhookEvent(
            provider=self.name,
            native_event=native[:100],
            delivery_id=self._delivery_id(headers),
            **_about(document),
            **facts,
        )

    def _delivery_id(self, headers: Mapping[str, str]) -> str:
        """
        That of GitLab, which older ones do not give: then the delivery is known by its body.

        The other ids of GitLab are new with every attempt, or shared by several pushes.
        """
        signed = header(headers, "webhook-id")
        given = signed if self._is_signing else header(headers, "idempotency-key") or signed
        return given or f"unnamed-{uuid4()}"

    @classmethod
    def imitate(
        cls, document: Mapping[str, Any], signature: str, delivery_id: str
    ) -> dict[str, str]:
        """
        The headers of a payload that came alone.

        A signature ``ID.TIMESTAMP.v1,BASE64`` stands for the three headers of the signed form.
        """
        kind = document.get("object_kind")
        words = kind.replace("_", " ").title() if isinstance(kind, str) else "Push"
        headers = {
            "x-gitlab-event": f"{words} Hook",
            "idempotency-key": delivery_id,
            "x-gitlab-token": signature,
        }
        rest, _, signed = signature.rpartition(".")
        identity, _, sent_at = rest.rpartition(".")
        if signed.startswith("v1,"):
            headers |= {
                "webhook-id": identity,
                "webhook-timestamp": sent_at,
                "webhook-signature": signed,
            }
        return headers


def _about(document: Mapping[str, Any]) -> dict[str, Any]:
    """Who sent it and which repository it is about."""
    addresses = [
        text(child(document, part), key) for part, keys in _ADDRESSES.items() for key in keys
    ]
    keys = dict.fromkeys(repository_key(address) for address in addresses if address)
    return {
        "sender": text(document, "user_username") or text(document, "user_name"),
        "repository": text(child(document, "project"), "path_with_namespace"),
        "repository_keys": tuple(keys),
    }


def _push(document: Mapping[str, Any], native: str) -> dict[str, Any]:
    if document.get("object_kind", _PUSHES[native]) != _PUSHES[native]:
        raise malformed("object_kind is not that of the event")
    place = place_of(needed_text(document, "ref"))
    before = commit(text(document, "before") or NO_COMMIT)
    after = commit(needed_text(document, "after"))
    if not place:
        return {"event_type": "other", "before": before}
    checkout = text(document, "checkout_sha")
    if "checkout_sha" in document and checkout is None:
        after = None
    elif "tag" in place and after is not None and checkout is not None:
        after = commit(checkout)  # `after` of an annotated tag is the tag itself
    what = change(place, before, after)
    return {**told([what]), "paths": _paths(document, what)}


def _paths(document: Mapping[str, Any], what: RefChange) -> tuple[str, ...] | None:
    found = touched(document, what, document.get("total_commits_count"))
    # Of a file that was moved GitLab names the new place only, among the added ones.
    return (
        None if found is None or any(each.get("added") for each in document["commits"]) else found
    )
