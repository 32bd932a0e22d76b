"""Bitbucket's signatures and payloads, of the Cloud and of the Server."""

from __future__ import annotations

from typing import Any

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import RefChange, WebhookEvent
from fraisier.git.bitbucket import Bitbucket

from .deliveries import AFTER, BEFORE, VECTORS, ZEROS, hexadecimal, settings, text_of

FORGE = Bitbucket(settings("bitbucket"))
LISTED = ("104.192.136.0/21",)


def ref(name: str, commit: str, kind: str = "branch") -> dict[str, Any]:
    """A branch or tag of the Cloud."""
    return {"type": kind, "name": name, "target": {"type": "commit", "hash": commit}}


def cloud(*changes: dict[str, Any]) -> dict[str, Any]:
    """A push to the Cloud."""
    return {
        "actor": {"display_name": "Alice Baker", "nickname": "alice", "uuid": "{1-2}"},
        "repository": {
            "full_name": "bakery/shop",
            "links": {"html": {"href": "https://bitbucket.org/Bakery/shop"}},
        },
        "push": {"changes": list(changes)},
    }


def server(*changes: dict[str, Any], **repository: Any) -> dict[str, Any]:
    """A push to a Server."""
    return {
        "eventKey": "repo:refs_changed",
        "actor": {"name": "alice", "displayName": "Alice Baker", "id": 3},
        "repository": {"slug": "shop", "project": {"key": "BAKE"}} | repository,
        "changes": list(changes),
    }


def moved(name: str, to: str = AFTER, kind: str = "UPDATE", before: str = BEFORE) -> dict[str, Any]:
    """A change of a ref of a Server."""
    return {"ref": {"id": name}, "fromHash": before, "toHash": to, "type": kind}


def parse(
    document: object, event: str = "repo:push", forge: Bitbucket = FORGE, **more: str
) -> WebhookEvent:
    """Parse as a delivery of this event."""
    headers = {"X-Event-Key": event, "X-Request-UUID": "d-1"} | more
    return forge.parse_webhook_event(headers, text_of(document))


@pytest.mark.parametrize(("body", "digest"), VECTORS)
def test_verify__published_vectors__match(body: bytes, digest: str) -> None:
    """SHA-256 under the name that others use for SHA-1."""
    assert FORGE.verify_webhook_signature(body, {"X-Hub-Signature": f"sha256={digest}"})
    for value in (digest, f"sha1={digest}", f"sha1={hexadecimal(body, algorithm='sha1')}", ""):
        assert not FORGE.verify_webhook_signature(body, {"X-Hub-Signature": value})
    assert not FORGE.is_signed({"X-Hub-Signature-256": f"sha256={digest}"})


def test_addresses__instead_of_a_secret__only_of_the_cloud() -> None:
    """With a secret there must be a signature, and a Server can always sign."""
    none = settings("bitbucket")._replace(secrets=())
    assert Bitbucket(none._replace(addresses=LISTED)).address_suffices
    assert Bitbucket(none._replace(addresses=LISTED)).can_verify
    closed = [
        Bitbucket(),
        Bitbucket(none),
        Bitbucket(settings("bitbucket", addresses=LISTED)),
        Bitbucket(none._replace(addresses=LISTED, server=True)),
        Bitbucket(none._replace(addresses=LISTED, secrets=("",))),
    ]
    assert not any(forge.address_suffices for forge in closed)
    assert [forge.can_verify for forge in closed] == [False, False, True, False, False]


def test_cloud__every_change__is_read() -> None:
    """Not only the first; what counts most is the event's own."""
    event = parse(
        cloud(
            {"old": ref("old", BEFORE), "new": None},
            {"old": None, "new": ref("v1.0", AFTER, "tag")},
            {"old": ref("main", BEFORE), "new": ref("main", AFTER)},
            {"old": None, "new": ref("feature/x", BEFORE)},
            {"old": None, "new": ref("mark", BEFORE, "bookmark")},
        )
    )
    assert (event.event_type, event.branch, event.commit_sha) == ("push", "main", AFTER)
    assert event.changes == (
        RefChange("delete", branch="old", before=BEFORE),
        RefChange("tag", tag="v1.0", commit_sha=AFTER),
        RefChange("push", branch="main", before=BEFORE, commit_sha=AFTER),
        RefChange("push", branch="feature/x", commit_sha=BEFORE),
    )
    assert (event.sender, event.repository) == ("Alice Baker", "bakery/shop")
    assert (event.repository_keys, event.paths) == (("bitbucket.org/bakery/shop",), None)
    assert event.delivery_id == "d-1"


def test_cloud__one_change__is_the_event() -> None:
    """A push, a new tag, and a branch that is gone."""
    event = parse(cloud({"old": ref("main", BEFORE), "new": ref("main", AFTER)}))
    assert (event.event_type, event.branch, event.before, event.changes) == (
        "push", "main", BEFORE, (),
    )  # fmt: skip
    event = parse(cloud({"old": None, "new": ref("main", AFTER, "tag")}))
    assert (event.event_type, event.branch, event.tag) == ("tag", None, "main")
    event = parse(cloud({"old": ref("main", BEFORE), "new": None}))
    assert (event.event_type, event.branch, event.commit_sha) == ("delete", "main", None)


def test_cloud__nothing_of_a_ref__is_another_event() -> None:
    """No change, and changes that are of neither branch nor tag."""
    assert parse(cloud()).event_type == "other"
    assert parse(cloud({"old": None, "new": ref("x", AFTER, "bookmark")})).event_type == "other"
    assert parse({}, "issue:created").event_type == "other"


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"push": None},
        {"push": {"changes": None}},
        {"push": {"changes": {}}},
        cloud(*[None]),  # type: ignore[list-item]
        cloud({}),
        cloud({"old": None, "new": None}),
        cloud({"old": None, "new": {"type": "branch", "name": "main"}}),
        cloud({"old": None, "new": ref("main", "nonsense")}),
        cloud({"old": None, "new": ref("", AFTER)}),
        cloud({"old": None, "new": ref("a\x00b", AFTER)}),
        cloud({"old": [], "new": ref("main", AFTER)}),
    ],
)
def test_cloud__hostile_push__is_malformed(document: object) -> None:
    """Whatever comes, it is a FraisierError with one code."""
    with pytest.raises(FraisierError) as caught:
        parse(document)
    assert caught.value.code == "malformed-payload"


def test_server__every_change__is_read() -> None:
    """Updates, additions and deletions of branches and tags."""
    event = parse(
        server(
            moved("refs/heads/gone", ZEROS, "DELETE"),
            moved("refs/tags/main", kind="ADD", before=ZEROS),
            moved("refs/heads/main"),
            moved("refs/notes/x"),
        ),
        "repo:refs_changed",
    )
    assert (event.event_type, event.branch, event.commit_sha) == ("push", "main", AFTER)
    assert event.changes == (
        RefChange("delete", branch="gone", before=BEFORE),
        RefChange("tag", tag="main", commit_sha=AFTER),
        RefChange("push", branch="main", before=BEFORE, commit_sha=AFTER),
    )
    assert (event.sender, event.repository) == ("alice", "BAKE/shop")


def test_server__very_many_changes__are_read_up_to_a_limit() -> None:
    """Deletions make room; more pushes than can be looked at are refused, not forgotten."""
    gone = [moved(f"refs/heads/old/{n}", ZEROS, "DELETE") for n in range(1_500)]
    pushed = [moved(f"refs/heads/new/{n}") for n in range(1_001)]
    event = parse(server(*gone, *pushed[:1_000]), "repo:refs_changed")
    assert (len(event.changes), event.branch) == (1_000, "new/0")
    assert parse(server(*gone), "repo:refs_changed").event_type == "delete"
    with pytest.raises(FraisierError) as caught:
        parse(server(*pushed), "repo:refs_changed")
    assert caught.value.code == "malformed-payload"


def test_server__deletion__is_one_by_its_type_too() -> None:
    """Whatever commit it names."""
    event = parse(server(moved("refs/heads/main", AFTER, "DELETE")), "repo:refs_changed")
    assert (event.event_type, event.commit_sha) == ("delete", None)


def test_server__addresses__of_the_payload_or_of_the_settings() -> None:
    """Newer Servers say where a repository is cloned from; of older ones it is known."""
    clone = [{"href": "ssh://git@git.example.org:7998/bake/shop.git", "name": "ssh"}]
    told = server(moved("refs/heads/main"), links={"clone": clone})
    event = parse(told, "repo:refs_changed")
    assert event.repository_keys == ("git.example.org:7998/bake/shop",)
    known = Bitbucket(settings("bitbucket", base_url="https://git.example.org/bb", server=True))
    event = parse(server(moved("refs/heads/main")), "repo:refs_changed", known)
    assert event.repository_keys == (
        "git.example.org/bb/scm/bake/shop",
        "git.example.org/bake/shop",
        "git.example.org:7999/bake/shop",
    )


def test_server__ping__needs_no_id() -> None:
    """It deploys nothing, and some versions send none with it."""
    headers = {"X-Event-Key": "diagnostics:ping"}
    event = FORGE.parse_webhook_event(headers, b'{"test": true}')
    assert event.event_type == "ping"
    assert event.delivery_id
    headers = {"X-Event-Key": "repo:refs_changed"}
    body = text_of(server(moved("refs/heads/main")))
    assert FORGE.parse_webhook_event(headers, body).delivery_id is None
