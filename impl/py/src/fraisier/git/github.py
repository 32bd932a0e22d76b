"""GitHub and GitHub Enterprise, and what Gitea says in the same words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fraisier.domain.repository import repository_key
from fraisier.domain.values import RefChange, WebhookEvent
from fraisier.git.base import header
from fraisier.git.hub import HubSigned
from fraisier.git.paths import touched
from fraisier.git.payload import child, commit, flag, load_object, malformed, needed_text, text
from fraisier.git.refs import bare, change, place_of, told

NO_COMMIT = "0" * 40
COMMITS_MAX = 2_048  # GitHub names no more of one push
_ADDRESSES = ("clone_url", "ssh_url", "git_url", "html_url", "svn_url")


class GitHub(HubSigned):
    """
    Signature: ``X-Hub-Signature-256: sha256=<hex>``, HMAC-SHA256 over the raw body.

    The older ``X-Hub-Signature`` (SHA-1) is never looked at.
    """

    name = "github"
    signature_header = "x-hub-signature-256"

    @classmethod
    def detects(cls, headers: Mapping[str, str]) -> bool:
        """GitHub names the event in ``X-GitHub-Event``."""
        return header(headers, "x-github-event") is not None

    def parse_webhook_event(self, headers: Mapping[str, str], payload: bytes) -> WebhookEvent:
        """Read push, delete and ping; every other event becomes ``other``."""
        native = header(headers, "x-github-event")
        if not native:
            raise malformed("X-GitHub-Event is missing")
        document = load_object(headers, payload)
        facts: dict[str, Any] = {
            **about(document),
            "provider": self.name,
            "native_event": native[:100],
            "delivery_id": header(headers, "x-github-delivery") or None,
        }
        if native == "push":
            return WebhookEvent(**facts, **_push(document))
        if native == "delete":
            return WebhookEvent(**facts, **deletion(document))
        return WebhookEvent(**facts, event_type="ping" if native == "ping" else "other")

    @classmethod
    def imitate(
        cls, document: Mapping[str, Any], signature: str, delivery_id: str
    ) -> dict[str, str]:
        """The headers of a payload that came alone."""
        native = "ping" if "zen" in document else kind_of(document)
        return {
            "x-github-event": native,
            "x-github-delivery": delivery_id,
            cls.signature_header: signature,
        }


def kind_of(document: Mapping[str, Any]) -> str:
    """The event of a payload without headers; what tells of no ref is read as a push."""
    if "ref_type" not in document or "after" in document:
        return "push"
    # Both name a ref that came or went; only the one that came tells where it is.
    created = document.keys() & {"master_branch", "default_branch", "sha"}
    return "create" if created else "delete"


def about(document: Mapping[str, Any]) -> dict[str, Any]:
    """Who sent it and which repository it is about."""
    repository, sender = child(document, "repository"), child(document, "sender")
    addresses = [text(repository, key) for key in _ADDRESSES]
    keys = dict.fromkeys(repository_key(address) for address in addresses if address)
    return {
        "sender": text(sender, "login") or text(sender, "username"),
        "repository": text(repository, "full_name"),
        "repository_keys": tuple(keys),
    }


def moved(document: Mapping[str, Any]) -> RefChange | None:
    """The change that a push tells of; ``None`` if it is of neither branch nor tag."""
    place = place_of(needed_text(document, "ref"))
    before = commit(text(document, "before") or NO_COMMIT)
    after = commit(needed_text(document, "after"))
    if not place:
        return None
    # An annotated tag's `after` is the tag object; the commit is elsewhere.
    head = text(child(document, "head_commit"), "id") if "tag" in place else None
    if after is not None and head is not None:
        after = commit(head)
    return change(place, before, None if flag(document, "deleted") else after)


def _push(document: Mapping[str, Any]) -> dict[str, Any]:
    what = moved(document)
    if what is None:
        return {"event_type": "other", "before": commit(text(document, "before") or NO_COMMIT)}
    return {**told([what]), "paths": _paths(document, what)}


def _paths(document: Mapping[str, Any], what: RefChange) -> tuple[str, ...] | None:
    commits: object = document.get("commits")
    if not isinstance(commits, list) or document.get("forced") or document.get("created"):
        return None
    count = len(commits)  # pyright: ignore[reportUnknownArgumentType]
    total: object = document.get("size", count)
    return touched(document, what, total) if count < COMMITS_MAX else None


def deletion(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a ``delete`` event tells of: its ref is a bare name, in some versions a full one."""
    kind, ref = needed_text(document, "ref_type"), needed_text(document, "ref")
    if kind not in ("branch", "tag"):
        return {"event_type": "other"}
    return {"event_type": "delete", kind: bare(ref)}
