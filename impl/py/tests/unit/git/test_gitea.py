"""Gitea, Forgejo and Gogs: their signatures and payloads."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import WebhookEvent
from fraisier.git.gitea import Gitea

from .deliveries import AFTER, BEFORE, TAG_OBJECT, VECTORS, ZEROS, hexadecimal, settings, text_of

FORGE = Gitea(settings("gitea"))
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


def push(**changes: Any) -> dict[str, Any]:
    """A push of main, in the words of Gitea's documentation."""
    usual = {
        "ref": "refs/heads/main",
        "before": BEFORE,
        "after": AFTER,
        "commits": [{"id": AFTER, "added": ["web/new.css"], "removed": None, "modified": []}],
        "total_commits": 1,
        "head_commit": {"id": AFTER},
        "repository": {
            "full_name": "bakery/shop",
            "html_url": "https://gitea.example.org/bakery/shop",
            "ssh_url": "ssh://git@gitea.example.org:222/bakery/shop.git",
            "clone_url": "https://gitea.example.org/bakery/shop.git",
        },
        "pusher": {"login": "alice"},
        "sender": {"login": "alice", "username": "alice"},
    }
    return usual | changes


def headers_of(event: str, family: str = "gitea") -> dict[str, str]:
    """What one of the family sends: its own headers and those of the ones before it."""
    relatives = {"gogs": ["gogs"], "gitea": ["gitea", "gogs"]}
    names = [*relatives.get(family, ["forgejo", "gitea", "gogs"]), "github"]
    sent = {f"X-{name}-Event": event for name in names}
    return sent | {f"X-{name}-Delivery": f"id-of-{name}" for name in names}


def parse(document: object, event: str = "push", family: str = "gitea") -> WebhookEvent:
    """Parse as a delivery of this event."""
    return FORGE.parse_webhook_event(headers_of(event, family), text_of(document))


@pytest.mark.parametrize(("body", "digest"), VECTORS)
@pytest.mark.parametrize("family", ["Forgejo", "Gitea", "Gogs"])
def test_verify__bare_digest__is_taken(body: bytes, digest: str, family: str) -> None:
    """Each under its own name."""
    assert FORGE.verify_webhook_signature(body, {f"X-{family}-Signature": digest})
    assert not FORGE.verify_webhook_signature(body + b" ", {f"X-{family}-Signature": digest})


def test_verify__only_headers_of_github__is_false() -> None:
    """What Gitea sends for GitHub's sake does not count, right as it is."""
    headers = {
        "X-Hub-Signature-256": f"sha256={hexadecimal(b'x')}",
        "X-Hub-Signature": f"sha1={hexadecimal(b'x', algorithm='sha1')}",
    }
    assert not FORGE.is_signed(headers)
    assert not FORGE.verify_webhook_signature(b"x", headers)


@pytest.mark.parametrize("value", ["", "sha256=", "0" * 64, "é" * 64, "0" * 63])
def test_verify__wrong_value__is_false(value: str) -> None:
    """Nothing malformed matches, and nothing raises."""
    assert not FORGE.verify_webhook_signature(b"x", {"X-Gitea-Signature": value})
    prefixed = f"sha256={hexadecimal(b'x')}"
    assert not FORGE.verify_webhook_signature(b"x", {"X-Gitea-Signature": prefixed})


def test_verify__form__is_signed_over_its_json() -> None:
    """Gitea signs the payload, not the form around it."""
    text = text_of(push(message="fünf & mehr + = %"))
    body = urlencode({"payload": text}).encode()
    headers = FORM | headers_of("push") | {"X-Gitea-Signature": hexadecimal(text)}
    assert FORGE.verify_webhook_signature(body, headers)
    assert FORGE.parse_webhook_event(headers, body).commit_sha == AFTER
    outer = headers | {"X-Gitea-Signature": hexadecimal(body)}
    assert not FORGE.verify_webhook_signature(body, outer)


@pytest.mark.parametrize("twice", [b"payload=x&payload={}", b"", b"other={}", b"a=1&" * 20])
def test_verify__form_without_one_payload__is_false(twice: bytes) -> None:
    """What is signed must be what is read."""
    headers = FORM | {"X-Gitea-Signature": hexadecimal(b"{}")}
    assert not FORGE.verify_webhook_signature(twice, headers)
    with pytest.raises(FraisierError) as caught:
        FORGE.parse_webhook_event(FORM | headers_of("push"), twice)
    assert caught.value.code == "malformed-payload"


@pytest.mark.parametrize("family", ["forgejo", "gitea", "gogs"])
def test_parse__push__has_all_that_it_tells(family: str) -> None:
    """One provider for the whole family; each gives its own id."""
    event = parse(push(), family=family)
    assert (event.provider, event.event_type, event.branch) == ("gitea", "push", "main")
    assert (event.commit_sha, event.before, event.sender) == (AFTER, BEFORE, "alice")
    assert event.delivery_id == f"id-of-{family}"
    assert event.repository_keys == (
        "gitea.example.org/bakery/shop",
        "gitea.example.org:222/bakery/shop",
    )
    assert event.paths == ("web/new.css",)


def test_parse__sender_of_older_versions__is_the_user_name() -> None:
    """They have no login."""
    assert parse(push(sender={"username": "alice"})).sender == "alice"


@pytest.mark.parametrize(
    "changes", [{"total_commits": 6}, {"total_commits": None}, {"commits": []}]
)
def test_parse__list_of_commits_cut__paths_are_unknown(changes: dict[str, Any]) -> None:
    """Gitea names five commits of a push, and how many there are."""
    assert parse(push(**changes)).paths is None


def test_parse__annotated_tag__is_its_commit() -> None:
    """`after` is the tag object."""
    event = parse(push(ref="refs/tags/main", before=ZEROS, after=TAG_OBJECT))
    assert (event.event_type, event.branch, event.tag) == ("tag", None, "main")
    assert event.commit_sha == AFTER


def test_parse__deletions__are_told_by_both_events() -> None:
    """The `delete` event has a bare name, or a full one; a push has no commit."""
    event = parse(push(after=ZEROS))
    assert (event.event_type, event.branch, event.commit_sha) == ("delete", "main", None)
    for ref in ("feature/x", "refs/heads/feature/x"):
        event = parse({"ref": ref, "ref_type": "branch", "repository": None}, "delete")
        assert (event.event_type, event.branch) == ("delete", "feature/x")
    event = parse({"ref": "v1", "ref_type": "tag"}, "delete")
    assert (event.event_type, event.tag, event.branch) == ("delete", "v1", None)


def test_parse__create__counts_only_for_tags_of_gogs() -> None:
    """Gitea tells of a new ref by a push as well; Gogs tells of a tag by nothing else."""
    created = {"ref": "v1", "ref_type": "tag", "sha": AFTER, "default_branch": "main"}
    assert parse(created, "create").event_type == "other"
    event = parse(created, "create", "gogs")
    assert (event.event_type, event.tag, event.commit_sha) == ("tag", "v1", AFTER)
    assert parse(created | {"ref_type": "branch"}, "create", "gogs").event_type == "other"
    assert parse(created | {"sha": ""}, "create", "gogs").event_type == "other"


def test_parse__other_events_and_refs__deploy_nothing() -> None:
    """What is neither branch nor tag is nothing to deploy."""
    assert parse({}, "issues").event_type == "other"
    assert parse(push(ref="refs/pull/1/head")).event_type == "other"
