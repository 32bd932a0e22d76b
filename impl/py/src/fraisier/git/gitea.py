"""Gitea, and its relatives Forgejo and Gogs, which say the same under other names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fraisier.domain.values import WebhookEvent
from fraisier.git.base import GitProvider, header
from fraisier.git.github import about, deletion, kind_of, moved
from fraisier.git.paths import touched
from fraisier.git.payload import (
    commit,
    form_payload,
    is_form,
    load_object,
    malformed,
    needed_text,
    text,
)
from fraisier.git.refs import bare, change, told
from fraisier.git.signatures import is_signed_in_hex

# A relative also sends the headers of those after it; all are signed alike.
_FAMILY = ("forgejo", "gitea", "gogs")
_EVENTS = tuple(f"x-{each}-event" for each in _FAMILY)


class Gitea(GitProvider):
    """
    Signature: the bare hexadecimal HMAC-SHA256 of the JSON payload, also of a form's.

    ``X-Forgejo-Signature``, ``X-Gitea-Signature`` or ``X-Gogs-Signature``: the first that
    is there counts. Headers of GitHub, which all of them send as well, are not looked at.
    """

    name = "gitea"

    @classmethod
    def detects(cls, headers: Mapping[str, str]) -> bool:
        """One of the family names the event."""
        return any(header(headers, each) is not None for each in _EVENTS)

    def is_signed(self, headers: Mapping[str, str]) -> bool:
        """Whether there is a signature of the family."""
        return bool(_first(headers, "signature"))

    def verify_webhook_signature(self, payload: bytes, headers: Mapping[str, str]) -> bool:
        """Whether the first header holds the payload's HMAC under one of the secrets."""
        signed = form_payload(payload) if is_form(headers) else payload
        given = _first(headers, "signature") or ""
        return signed is not None and is_signed_in_hex(self.secrets, signed, given)

    def parse_webhook_event(self, headers: Mapping[str, str], payload: bytes) -> WebhookEvent:
        """Read pushes and deletions, and of Gogs new tags; all else becomes ``other``."""
        native = _first(headers, "event")
        if not native:
            raise malformed("X-Gitea-Event is missing")
        document = load_object(headers, payload)
        return WebhookEvent(
            provider=self.name,
            native_event=native[:100],
            delivery_id=_first(headers, "delivery"),
            **about(document),
            **_facts(native, document, is_gogs=_is_gogs(headers)),
        )

    @classmethod
    def imitate(
        cls, document: Mapping[str, Any], signature: str, delivery_id: str
    ) -> dict[str, str]:
        """The headers of a payload that came alone."""
        return {
            "x-gitea-event": kind_of(document),
            "x-gitea-delivery": delivery_id,
            "x-gitea-signature": signature,
        }


def _first(headers: Mapping[str, str], what: str) -> str | None:
    values = (header(headers, f"x-{each}-{what}") for each in _FAMILY)
    return next((value for value in values if value), None)


def _is_gogs(headers: Mapping[str, str]) -> bool:
    return not any(header(headers, f"x-{each}-event") for each in ("forgejo", "gitea"))


def _facts(native: str, document: Mapping[str, Any], *, is_gogs: bool) -> dict[str, Any]:
    if native == "push":
        what = moved(document)
        paths = None if what is None else touched(document, what, document.get("total_commits"))
        return {**told([what] if what else []), "paths": paths}
    if native == "delete":
        return deletion(document)
    if native == "create" and is_gogs:
        return _new_tag(document)
    return {"event_type": "other"}


def _new_tag(document: Mapping[str, Any]) -> dict[str, Any]:
    """Gogs tells of a tag by ``create`` alone; of a new branch a push tells as well."""
    sha = text(document, "sha")
    if needed_text(document, "ref_type") != "tag" or sha is None:
        return {"event_type": "other"}
    return told([change({"tag": bare(needed_text(document, "ref"))}, None, commit(sha))])
