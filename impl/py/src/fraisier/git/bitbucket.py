"""Bitbucket: the Cloud, and Server or Data Center (``git.bitbucket.server``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

from fraisier.domain.repository import repository_key
from fraisier.domain.values import RefChange, WebhookEvent
from fraisier.git.base import header
from fraisier.git.hub import HubSigned
from fraisier.git.payload import child, commit, load_object, malformed, needed_text, text
from fraisier.git.refs import change, place_of, told

CLOUD_PUSH = "repo:push"
SERVER_PUSH = "repo:refs_changed"
SERVER_PING = "diagnostics:ping"
_SERVER_SSH_PORT = 7999  # unless its administrator chose another
_CLOUD = "bitbucket.org"
_IDS = ("x-request-uuid", "x-request-id")


class Bitbucket(HubSigned):
    """
    Signature: ``X-Hub-Signature: sha256=<hex>``, HMAC-SHA256 over the raw body.

    The same header with ``sha1=`` is never looked at. The Cloud may be configured without
    a secret when its addresses are: then it is the address that proves where it comes from.
    """

    name = "bitbucket"
    signature_header = "x-hub-signature"

    @property
    def can_verify(self) -> bool:
        """There is a secret, or the Cloud's addresses stand in for it."""
        return bool(self.secrets) or self.address_suffices

    @property
    def address_suffices(self) -> bool:
        """Only without any secret, and only of the Cloud: the Server can sign."""
        settings = self.settings
        if settings is None or settings.server or settings.secrets:
            return False
        return len(settings.addresses) > 0

    @classmethod
    def detects(cls, headers: Mapping[str, str]) -> bool:
        """Both kinds name the event in ``X-Event-Key``."""
        return header(headers, "x-event-key") is not None

    def parse_webhook_event(self, headers: Mapping[str, str], payload: bytes) -> WebhookEvent:
        """Read every change of a push, and pings; every other event becomes ``other``."""
        native = header(headers, "x-event-key")
        if not native:
            raise malformed("X-Event-Key is missing")
        document = load_object(headers, payload)
        event = WebhookEvent(
            provider=self.name,
            native_event=native[:100],
            delivery_id=next((one for key in _IDS if (one := header(headers, key))), None),
            **self._about(document),
            **_facts(native, document),
        )
        if event.event_type == "ping" and event.delivery_id is None:
            return event._replace(delivery_id=f"unnamed-{uuid4()}")
        return event

    @classmethod
    def imitate(
        cls, document: Mapping[str, Any], signature: str, delivery_id: str
    ) -> dict[str, str]:
        """The headers of a payload that came alone."""
        kind = document.get("eventKey")
        if set(document) == {"test"}:
            kind = SERVER_PING
        native = kind if isinstance(kind, str) and kind else CLOUD_PUSH
        return {
            "x-event-key": native,
            "x-request-uuid": delivery_id,
            cls.signature_header: signature,
        }

    def _about(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Who sent it and which repository it is about."""
        repository, actor = child(document, "repository"), child(document, "actor")
        project = text(child(repository, "project"), "key")
        slug = text(repository, "slug")
        server_name = f"{project}/{slug}" if project and slug else None
        names = (text(actor, key) for key in ("display_name", "nickname", "name", "uuid"))
        found = [*_links(repository)]
        if server_name and text(repository, "full_name") is None:
            found += self._server_addresses(server_name)
        return {
            "sender": next((name for name in names if name), None),
            "repository": text(repository, "full_name") or server_name,
            "repository_keys": tuple(dict.fromkeys(repository_key(each) for each in found)),
        }

    def _server_addresses(self, name: str) -> list[str]:
        """Where a Server has a repository of which it does not say so (older ones do not)."""
        base = (self.settings.base_url if self.settings else None) or ""
        host = urlsplit(base).hostname
        if host in (None, "", _CLOUD):
            return []
        ssh = [f"ssh://{host}/{name}.git", f"ssh://{host}:{_SERVER_SSH_PORT}/{name}.git"]
        return [f"{base.rstrip('/')}/scm/{name}.git", *ssh]


def _links(repository: Mapping[str, Any]) -> Iterator[str]:
    links = child(repository, "links")
    if address := text(child(links, "html"), "href"):
        yield address
    for each in _objects(links, "clone"):
        if address := text(each, "href"):
            yield address


def _facts(native: str, document: Mapping[str, Any]) -> dict[str, Any]:
    if native == CLOUD_PUSH:
        entries = _objects(child(document, "push"), "changes", needed=True)
        return told([c for each in entries if (c := _of_cloud(each))])
    if native == SERVER_PUSH:
        entries = _objects(document, "changes", needed=True)
        return told([c for each in entries if (c := _of_server(each))])
    return {"event_type": "ping" if native == SERVER_PING else "other"}


def _of_cloud(entry: Mapping[str, Any]) -> RefChange | None:
    """``new`` is null for a ref that is gone, ``old`` for one that is new."""
    old, new = child(entry, "old"), child(entry, "new")
    named = new or old
    kind = needed_text(named, "type")
    if kind not in ("branch", "tag"):
        return None
    place = {kind: needed_text(named, "name")}
    before = _hash(old) if old else None
    return change(place, before, _hash(new) if new else None)


def _hash(ref: Mapping[str, Any]) -> str | None:
    return commit(needed_text(child(ref, "target"), "hash"))


def _of_server(entry: Mapping[str, Any]) -> RefChange | None:
    place = place_of(needed_text(child(entry, "ref"), "id"))
    before = commit(needed_text(entry, "fromHash"))
    after = commit(needed_text(entry, "toHash"))
    if not place:
        return None
    return change(place, before, None if text(entry, "type") == "DELETE" else after)


def _objects(
    document: Mapping[str, Any], key: str, *, needed: bool = False
) -> list[dict[str, Any]]:
    value = document.get(key)
    if value is None and not needed:
        return []
    if not isinstance(value, list):
        raise malformed(f"{key} is not a list")
    entries = cast("list[object]", value)
    if not all(isinstance(each, dict) for each in entries):
        raise malformed(f"{key} does not hold objects")
    return cast("list[dict[str, Any]]", entries)
