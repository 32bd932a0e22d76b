"""
The forges: what each sends with a webhook, and how it signs.

The payloads beside this file (``payloads/<forge>/<what>.json``) were written by hand
after the documentation of each forge; ``{name}``, ``{commit}`` and the like are holes.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

PAYLOADS = Path(__file__).parent / "payloads"
ZEROS = "0" * 40
BEFORE = "b" * 40
TAG_OBJECT = "0b1ec70b1ec70b1ec70b1ec70b1ec70b1ec70b1e"

Headers = dict[str, str]
Sign = Callable[[bytes, str, str], Headers]  # of body, secret and delivery id


@dataclass(frozen=True, slots=True)
class Forge:
    """
    One kind of forge.

    ``events`` maps what happened to the name that the forge gives the event; pushes
    are named for all that is not there. ``page`` is where its repository is looked at.
    """

    name: str
    provider: str
    host: str
    event_header: str
    delivery_header: str
    signature_headers: tuple[str, ...]
    sign: Sign
    events: Mapping[str, str] = field(default_factory=dict[str, str])
    push: str = "push"
    folder: str = ""
    imitates: tuple[str, ...] = ()  # headers of other forges that get the event's name too
    besides: Mapping[str, str] = field(default_factory=dict[str, str])
    clone: str = "https://{host}/{full_name}.git"
    ssh: str = "git@{host}:{full_name}.git"

    def event_of(self, what: str) -> str:
        """What the forge calls an event."""
        return self.events.get(what, what if what in ("ping", "issue") else self.push)

    def headers(
        self, body: bytes, event: str, secret: str, delivery: str | None = None
    ) -> dict[str, str]:
        """Every header that the forge sends, rightly signed."""
        delivery = delivery or str(uuid.uuid4())
        named = dict.fromkeys((*self.imitates, self.event_header), event)
        return {
            "Content-Type": "application/json",
            **self.besides,
            **named,
            self.delivery_header: delivery,
            **self.sign(body, secret, delivery),
        }

    def payload(
        self,
        what: str,
        name: str = "main",
        commit: str = ZEROS,
        *,
        full_name: str = "example/shop",
        **changes: Any,
    ) -> dict[str, Any]:
        """The payload of ``what`` about the branch or tag ``name``."""
        values = {
            "name": name,
            "commit": commit,
            "before": BEFORE,
            "zeros": ZEROS,
            "object": TAG_OBJECT,
            "full_name": full_name,
            "page": f"https://{self.host}/{full_name}",
            "http": self.address(full_name),
            "ssh": self.ssh.format(host=self.host, full_name=full_name),
            "owner": full_name.partition("/")[0],
            "slug": full_name.partition("/")[2],
        }
        document = _template(self.folder or self.name, what)
        return cast("dict[str, Any]", _filled(document, values)) | changes

    def address(self, full_name: str = "example/shop") -> str:
        """Where the repository is cloned from."""
        return self.clone.format(host=self.host, full_name=full_name)


def digest(body: bytes, secret: str) -> str:
    """HMAC-SHA256, hexadecimal."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _older(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()


def _github(body: bytes, secret: str, _: str) -> Headers:
    return {"X-Hub-Signature-256": f"sha256={digest(body, secret)}"}


def _hub(body: bytes, secret: str, _: str) -> Headers:
    return {"X-Hub-Signature": f"sha256={digest(body, secret)}"}


def _gogs(body: bytes, secret: str, _: str) -> Headers:
    return {"X-Gogs-Signature": digest(body, secret)}


def _gitea(body: bytes, secret: str, delivery: str) -> Headers:
    return {
        **_gogs(body, secret, delivery),
        **_github(body, secret, delivery),
        "X-Hub-Signature": f"sha1={_older(body, secret)}",
        "X-Gitea-Signature": digest(body, secret),
    }


def _forgejo(body: bytes, secret: str, delivery: str) -> Headers:
    return {**_gitea(body, secret, delivery), "X-Forgejo-Signature": digest(body, secret)}


def _token(body: bytes, secret: str, _: str) -> Headers:
    return {"X-Gitlab-Token": secret}


def standard_signature(body: bytes, secret: str, delivery: str, moment: int) -> str:
    """The signature of Standard Webhooks, of a message at a moment."""
    encoded = secret.removeprefix("whsec_")
    key = secret.encode() if encoded == secret else base64.b64decode(encoded)
    signed = f"{delivery}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _standard(body: bytes, secret: str, delivery: str) -> Headers:
    moment = int(time.time())
    return {
        "webhook-id": delivery,
        "webhook-timestamp": str(moment),
        "webhook-signature": standard_signature(body, secret, delivery, moment),
    }


_GITLAB_EVENTS = {
    "tag": "Tag Push Hook",
    "annotated-tag": "Tag Push Hook",
    "tag-deletion": "Tag Push Hook",
    "issue": "Issue Hook",
    "system-push": "System Hook",
}
_GITEA_EVENTS = {
    "issue": "issues",
    "branch-deletion": "delete",
    "tag-deletion": "delete",
    "branch-creation-event": "create",
    "tag-creation-event": "create",
}
_GOGS_EVENTS = {**_GITEA_EVENTS, "tag": "create"}
_GITEA_IMITATES = ("X-GitHub-Event", "X-GitHub-Event-Type", "X-Gogs-Event", "X-Gogs-Event-Type")
_GITEA_SIGNATURES = (
    "X-Gitea-Signature",
    "X-Gogs-Signature",
    "X-Hub-Signature",
    "X-Hub-Signature-256",
)

GITHUB = Forge(
    "github",
    "github",
    "github.com",
    "X-GitHub-Event",
    "X-GitHub-Delivery",
    ("X-Hub-Signature-256",),
    _github,
    besides={"User-Agent": "GitHub-Hookshot/0000000"},
)
GITLAB = Forge(
    "gitlab",
    "gitlab",
    "gitlab.com",
    "X-Gitlab-Event",
    "Idempotency-Key",
    ("X-Gitlab-Token",),
    _token,
    _GITLAB_EVENTS,
    push="Push Hook",
    besides={"User-Agent": "GitLab/18.0.0", "X-Gitlab-Instance": "https://gitlab.com"},
)
GITLAB_SIGNED = Forge(
    "gitlab-signed",
    "gitlab",
    "gitlab.example.org",
    "X-Gitlab-Event",
    "Idempotency-Key",
    ("webhook-signature",),
    _standard,
    _GITLAB_EVENTS,
    push="Push Hook",
    folder="gitlab",
    ssh="ssh://git@{host}:2222/{full_name}.git",
)
GITEA = Forge(
    "gitea",
    "gitea",
    "gitea.example.org",
    "X-Gitea-Event",
    "X-Gitea-Delivery",
    _GITEA_SIGNATURES,
    _gitea,
    _GITEA_EVENTS,
    imitates=(*_GITEA_IMITATES, "X-Gitea-Event-Type"),
    besides={"X-GitHub-Delivery": "of-gitea", "X-Gogs-Delivery": "of-gitea"},
    ssh="ssh://git@{host}:222/{full_name}.git",
)
FORGEJO = Forge(
    "forgejo",
    "gitea",
    "forgejo.example.org",
    "X-Forgejo-Event",
    "X-Forgejo-Delivery",
    ("X-Forgejo-Signature", *_GITEA_SIGNATURES),
    _forgejo,
    _GITEA_EVENTS,
    folder="gitea",
    imitates=(*_GITEA_IMITATES, "X-Gitea-Event", "X-Gitea-Event-Type", "X-Forgejo-Event-Type"),
    besides={
        "X-GitHub-Delivery": "of-forgejo",
        "X-Gogs-Delivery": "of-forgejo",
        "X-Gitea-Delivery": "of-forgejo",
    },
)
GOGS = Forge(
    "gogs",
    "gitea",
    "gogs.example.org",
    "X-Gogs-Event",
    "X-Gogs-Delivery",
    ("X-Gogs-Signature",),
    _gogs,
    _GOGS_EVENTS,
    imitates=("X-GitHub-Event",),
    besides={"X-GitHub-Delivery": "of-gogs"},
)
BITBUCKET_CLOUD = Forge(
    "bitbucket-cloud",
    "bitbucket",
    "bitbucket.org",
    "X-Event-Key",
    "X-Request-UUID",
    ("X-Hub-Signature",),
    _hub,
    {"issue": "issue:created"},
    push="repo:push",
    besides={
        "User-Agent": "Bitbucket-Webhooks/2.0",
        "X-Hook-UUID": "7f3c2d10-0000-4000-8000-000000001100",
        "X-Attempt-Number": "1",
    },
)
BITBUCKET_SERVER = Forge(
    "bitbucket-server",
    "bitbucket",
    "bitbucket.example.org",
    "X-Event-Key",
    "X-Request-Id",
    ("X-Hub-Signature",),
    _hub,
    {"issue": "pr:opened", "ping": "diagnostics:ping"},
    push="repo:refs_changed",
    besides={"User-Agent": "Atlassian HttpClient 2.1.5 / Bitbucket-9.4.0 (9004000) / Default"},
    clone="https://{host}/scm/{full_name}.git",
    ssh="ssh://git@{host}:7999/{full_name}.git",
)
FORGES: Mapping[str, Forge] = {
    each.name: each
    for each in (
        GITHUB,
        GITLAB,
        GITLAB_SIGNED,
        GITEA,
        FORGEJO,
        GOGS,
        BITBUCKET_CLOUD,
        BITBUCKET_SERVER,
    )
}


@functools.cache
def _template(folder: str, what: str) -> Any:
    return json.loads((PAYLOADS / folder / f"{what}.json").read_text())


def _filled(value: Any, holes: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for name, text in holes.items():
            value = value.replace(f"{{{name}}}", text)
        return value
    if isinstance(value, list):
        return [_filled(each, holes) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        return {key: _filled(each, holes) for key, each in pairs}
    return value
