"""What a channel is sent: the words and the envelope that its kind wants."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from fraisier.config import NotificationSettings

SLACK_CHARACTERS_MAX = 3_000
DISCORD_CHARACTERS_MAX = 2_000
_VERBS: Mapping[str, str] = {
    "started": "has started",
    "succeeded": "succeeded",
    "failed": "failed",
    "rolled_back": "failed and was rolled back",
    "cancelled": "was cancelled",
}
_FACTS = (
    "id", "fraise", "environment", "kind", "outcome", "old_version", "new_version", "git_commit",
    "git_branch", "triggered_by", "actor", "requested_at", "started_at", "completed_at",
    "duration_seconds", "error_code", "error_message",
)  # fmt: skip


class Announcement(NamedTuple):
    """The body of a POST and its headers."""

    body: bytes
    headers: Mapping[str, str]


def announcement(channel: NotificationSettings, notification: Mapping[str, Any]) -> Announcement:
    """What is sent for one row of ``v_notification``."""
    if channel.type == "slack":
        text = _shortened(_sentence(notification), SLACK_CHARACTERS_MAX).replace("&", "&amp;")
        return _posted({"text": text.replace("<", "&lt;").replace(">", "&gt;")})
    if channel.type == "discord":
        text = _shortened(_sentence(notification), DISCORD_CHARACTERS_MAX)
        return _posted({"content": text, "allowed_mentions": {"parse": []}})
    return _signed(channel.secret or "", notification)


def _sentence(notification: Mapping[str, Any]) -> str:
    """``Deployment of shop to production failed and was rolled back (1.0 → 1.1): why``."""
    deployment: Mapping[str, Any] = notification["deployment"]
    noun = "Rollback" if deployment["kind"] == "rollback" else "Deployment"
    verb = _VERBS.get(notification["kind"], notification["kind"])
    versions = [str(deployment[key]) for key in ("old_version", "new_version") if deployment[key]]
    shown = f" ({' → '.join(versions)})" if versions else ""
    text = f"{noun} of {deployment['fraise']} to {deployment['environment']} {verb}{shown}"
    reason = deployment["error_message"] if notification["kind"] != "started" else None
    return f"{text}: {reason}" if reason else text


def _shortened(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - 3] + "..."


def _posted(document: Mapping[str, Any], **headers: str) -> Announcement:
    body = json.dumps(document, ensure_ascii=False).encode()
    return Announcement(body, {"Content-Type": "application/json", **headers})


def _signed(secret: str, notification: Mapping[str, Any]) -> Announcement:
    deployment: Mapping[str, Any] = notification["deployment"]
    document = {
        "delivery": notification["id"],
        "event": notification["kind"],
        "created_at": notification["created_at"],
        "deployment": {key: deployment.get(key) for key in _FACTS},
    }
    plain = _posted(document)
    digest = hmac.new(secret.encode(), plain.body, hashlib.sha256).hexdigest()
    headers = {
        "X-Fraisier-Event": notification["kind"],
        "X-Fraisier-Delivery": notification["id"],
        "X-Fraisier-Signature-256": f"sha256={digest}",
    }
    return Announcement(plain.body, {**plain.headers, **headers})
