"""GitHub and GitHub Enterprise."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from fraisier.domain.repository import repository_key
from fraisier.domain.values import WebhookEvent
from fraisier.git.base import GitProvider, header
from fraisier.git.payload import child, commit, flag, load_object, malformed, needed_text, text

_BRANCH = "refs/heads/"
_TAG = "refs/tags/"
_ADDRESSES = ("clone_url", "ssh_url", "git_url", "html_url")


class GitHub(GitProvider):
    """
    Signature: ``X-Hub-Signature-256: sha256=<hex>``, HMAC-SHA256 over the raw body.

    The older ``X-Hub-Signature`` (SHA-1) is never looked at.
    """

    name = "github"

    @classmethod
    def detects(cls, headers: Mapping[str, str]) -> bool:
        """GitHub names the event in ``X-GitHub-Event``."""
        return header(headers, "x-github-event") is not None

    def verify_webhook_signature(self, payload: bytes, headers: Mapping[str, str]) -> bool:
        """Whether the header holds the body's HMAC under one of the secrets."""
        value = header(headers, "x-hub-signature-256") or ""
        scheme, _, given = value.partition("=")
        if scheme != "sha256" or len(given) != 64 or not given.isascii():
            return False
        matches = False
        for secret in self.secrets:  # all of them: the time must not tell which one matched
            expected = hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()
            matches |= hmac.compare_digest(expected, given.lower())
        return matches

    def parse_webhook_event(self, headers: Mapping[str, str], payload: bytes) -> WebhookEvent:
        """Read push, delete and ping; every other event becomes ``other``."""
        native = header(headers, "x-github-event")
        if not native:
            raise malformed("X-GitHub-Event is missing")
        document = load_object(headers, payload)
        facts: dict[str, Any] = {
            **_about(document),
            "provider": self.name,
            "native_event": native[:100],
            "delivery_id": header(headers, "x-github-delivery") or None,
        }
        if native == "push":
            return WebhookEvent(**facts, **_push(document))
        if native == "delete":
            return WebhookEvent(**facts, **_delete(document))
        return WebhookEvent(**facts, event_type="ping" if native == "ping" else "other")


def _about(document: Mapping[str, Any]) -> dict[str, Any]:
    """Who sent it and which repository it is about."""
    repository = child(document, "repository")
    addresses = [text(repository, key) for key in _ADDRESSES]
    keys = dict.fromkeys(repository_key(address) for address in addresses if address)
    return {
        "sender": text(child(document, "sender"), "login"),
        "repository": text(repository, "full_name"),
        "repository_keys": tuple(keys),
    }


def _push(document: Mapping[str, Any]) -> dict[str, Any]:
    ref = needed_text(document, "ref")
    before = commit(text(document, "before") or "0" * 40)
    after = commit(needed_text(document, "after"))
    gone = after is None or flag(document, "deleted")
    if ref.startswith(_BRANCH) and len(ref) > len(_BRANCH):
        place = {"branch": ref.removeprefix(_BRANCH)}
    elif ref.startswith(_TAG) and len(ref) > len(_TAG):
        place = {"tag": ref.removeprefix(_TAG)}
        # An annotated tag's `after` is the tag object; the commit is elsewhere.
        head = text(child(document, "head_commit"), "id")
        after = commit(head) if head else after
    else:
        return {"event_type": "other", "before": before}
    if gone:
        return {"event_type": "delete", "before": before, **place}
    kind = "tag" if "tag" in place else "push"
    return {"event_type": kind, "before": before, "commit_sha": after, **place}


def _delete(document: Mapping[str, Any]) -> dict[str, Any]:
    kind, ref = needed_text(document, "ref_type"), needed_text(document, "ref")
    if kind not in ("branch", "tag"):
        return {"event_type": "other"}
    return {"event_type": "delete", kind: ref.removeprefix(_BRANCH).removeprefix(_TAG)}
