"""What holds for every forge: detection, hostile input, and the headers of processWebhook."""

from __future__ import annotations

import json
import string
from typing import Any

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import WebhookEvent
from fraisier.git import GitProvider, canonical, detect
from fraisier.git.bitbucket import Bitbucket
from fraisier.git.gitea import Gitea
from fraisier.git.github import GitHub
from fraisier.git.gitlab import GitLab
from fraisier.operations.record_webhook import headers_of_mutation
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as some

from .deliveries import AFTER, BEFORE, SECRET, hexadecimal, settings, text_of

SIGNING = "whsec_" + "QUJD" * 8
FORGES: dict[str, GitProvider] = {
    "github": GitHub(settings("github")),
    "gitlab": GitLab(settings("gitlab")),
    "gitlab-signed": GitLab(settings("gitlab", signing_secrets=(SIGNING,))),
    "gitea": Gitea(settings("gitea")),
    "bitbucket": Bitbucket(settings("bitbucket", base_url="https://git.example.org")),
}
EVENTS = {
    "x-github-event": ["push", "delete", "ping", "create"],
    "x-gitlab-event": ["Push Hook", "Tag Push Hook", "System Hook"],
    "x-gogs-event": ["push", "create", "delete"],
    "x-gitea-event": ["push", "delete"],
    "x-event-key": ["repo:push", "repo:refs_changed", "diagnostics:ping"],
}
KEYS = [
    *("ref", "before", "after", "deleted", "forced", "created", "commits", "head_commit", "id"),
    *("added", "modified", "removed", "total_commits", "total_commits_count", "checkout_sha"),
    *("object_kind", "project", "repository", "sender", "login", "actor", "push", "changes"),
    *("old", "new", "type", "name", "target", "hash", "fromHash", "toHash", "ref_type", "sha"),
    *("links", "html", "clone", "href", "slug", "key", "full_name", "clone_url", "size"),
]
WORDS = [
    *("refs/heads/main", "refs/tags/v1", "main", AFTER, BEFORE, "0" * 40, "branch", "tag", ""),
    *("push", "tag_push", "\x00", "\ud800", "https://a.b:99999/c.git", "ssh://[::1/x", "[::1]:x/y"),
]
NUMBERS = some.one_of(some.integers(), some.floats(), some.just(10**400))
LEAVES = some.one_of(some.none(), some.booleans(), NUMBERS, some.sampled_from(WORDS), some.text())
DOCUMENTS = some.recursive(
    LEAVES,
    lambda inner: some.one_of(
        some.lists(inner, max_size=4),
        some.dictionaries(some.sampled_from(KEYS), inner, max_size=8),
    ),
    max_leaves=40,
)
HEADER = some.sampled_from(
    [
        *EVENTS,
        *("content-type", "x-hub-signature", "x-hub-signature-256", "x-gitlab-token"),
        *("x-gitea-signature", "x-forgejo-signature", "x-gogs-signature", "webhook-id"),
        *("webhook-timestamp", "webhook-signature", "idempotency-key", "x-request-uuid"),
        *("x-forgejo-event", "x-gitea-delivery", "x-github-delivery"),
    ]
)
VALUE = some.one_of(
    some.text(max_size=80),
    some.sampled_from([event for each in EVENTS.values() for event in each]),
    some.sampled_from(["application/x-www-form-urlencoded", "sha256=" + "0" * 64, "v1,AAAA"]),
    some.text(string.hexdigits, min_size=64, max_size=64),
)
HEADERS = some.dictionaries(HEADER, VALUE)
QUICK = examples(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
OF_EACH = pytest.mark.parametrize("name", FORGES)


def check_parse(forge: GitProvider, headers: dict[str, str], body: bytes) -> None:
    """An event that can be stored, or a refusal with one code; nothing else."""
    try:
        event = forge.parse_webhook_event(headers, body)
    except FraisierError as error:
        assert error.code == "malformed-payload"
        return
    assert isinstance(event, WebhookEvent)
    json.dumps(event.as_dict()).encode()
    assert event.event_type in ("push", "tag", "delete", "ping", "other")
    for told in (event, *event.changes):
        if told.event_type in ("push", "tag"):
            assert told.commit_sha
            assert (told.branch is None) == (told.event_type == "tag")
        if told.event_type == "delete":
            assert told.commit_sha is None
            assert (told.branch is None) != (told.tag is None)


@OF_EACH
@QUICK
@given(body=some.binary(max_size=300), headers=HEADERS)
def test_bytes__any__are_refused_or_read(name: str, body: bytes, headers: dict[str, str]) -> None:
    """No body and no header makes a forge fail, and none is taken for signed."""
    forge = FORGES[name]
    token = headers.get("x-gitlab-token") == SECRET
    assert forge.verify_webhook_signature(body, headers) is (token and name == "gitlab")
    check_parse(forge, headers, body)


@OF_EACH
@QUICK
@given(document=DOCUMENTS, more=HEADERS, data=some.data())
def test_documents__any__are_refused_or_read(
    name: str, document: object, more: dict[str, str], data: some.DataObject
) -> None:
    """No value under any key makes a forge fail."""
    names = {key: data.draw(some.sampled_from(events)) for key, events in EVENTS.items()}
    body = json.dumps(document).encode()
    check_parse(FORGES[name], more | names, body)
    form = {"content-type": "application/x-www-form-urlencoded"}
    check_parse(FORGES[name], more | names | form, b"payload=" + body)


@OF_EACH
@QUICK
@given(secret=some.text(min_size=1), body=some.binary())
def test_signature__right__is_taken_whatever_is_signed(name: str, secret: str, body: bytes) -> None:
    """Every secret and every body; and not for another body."""
    if name == "gitlab-signed" or not secret.isprintable() or not secret.strip():
        return
    forge = type(FORGES[name])(settings(name, secret))
    digest = hexadecimal(body, secret)
    headers = {
        "x-hub-signature-256": f"sha256={digest}",
        "x-hub-signature": f"sha256={digest}",
        "x-gitea-signature": digest,
        "x-gitlab-token": secret,
    }
    assert forge.verify_webhook_signature(body, headers)
    if name != "gitlab":  # a token says nothing of the body
        assert not forge.verify_webhook_signature(body + b"x", headers)


@pytest.mark.parametrize(
    ("marks", "name"),
    [
        (["x-forgejo-event", "x-gitea-event", "x-gogs-event", "x-github-event"], "gitea"),
        (["x-gogs-event", "x-gitlab-event", "x-github-event"], "gitea"),
        (["x-gitlab-event", "x-event-key", "x-github-event"], "gitlab"),
        (["x-hook-uuid", "x-event-key", "x-github-event"], "bitbucket"),
        (["x-event-key"], "bitbucket"),
        (["x-github-event", "x-hub-signature-256"], "github"),
        (["x-hub-signature-256", "user-agent"], None),
    ],
)
def test_detect__several_marks__the_first_forge_counts(marks: list[str], name: str | None) -> None:
    """Forges that also speak for others are known by what only they say."""
    assert detect(dict.fromkeys(marks, "x")) == name
    assert detect({mark.title(): "x" for mark in reversed(marks)}) == name


def test_canonical__relatives__are_gitea() -> None:
    """Names of the query that are no values of git.provider."""
    assert [canonical(name) for name in ("forgejo", "gogs", "gitea", "github", "x")] == [
        "gitea", "gitea", "gitea", "github", "x",
    ]  # fmt: skip


@OF_EACH
def test_secrets__none__verify_nothing(name: str) -> None:
    """Without settings, and with empty secrets, there is nothing to sign with."""
    for made in (type(FORGES[name])(), type(FORGES[name])(settings(name, ""))):
        empty = hexadecimal(b"x", "")
        headers = {
            "x-hub-signature-256": f"sha256={empty}",
            "x-hub-signature": f"sha256={empty}",
            "x-gitea-signature": empty,
            "x-gitlab-token": "",
        }
        assert not made.can_verify
        assert not made.verify_webhook_signature(b"x", headers)


MUTATIONS: list[tuple[str, dict[str, Any], str]] = [
    ("github", {"ref": "refs/heads/main", "after": AFTER}, "push"),
    ("github", {"zen": "x", "hook_id": 1}, "ping"),
    ("github", {"ref": "main", "ref_type": "branch", "pusher_type": "user"}, "delete"),
    ("github", {"ref": "x", "ref_type": "branch", "master_branch": "main"}, "other"),
    ("gitlab", {"object_kind": "push", "ref": "refs/heads/main", "after": AFTER}, "push"),
    ("gitlab", {"ref": "refs/heads/main", "after": AFTER}, "push"),
    (
        "gitlab",
        {"object_kind": "tag_push", "ref": "refs/tags/v1", "after": AFTER, "checkout_sha": AFTER},
        "tag",
    ),
    ("gitlab", {"object_kind": "merge_request"}, "other"),
    ("gitea", {"ref": "refs/heads/main", "after": AFTER}, "push"),
    ("gitea", {"ref": "main", "ref_type": "branch", "pusher_type": "user"}, "delete"),
    ("gitea", {"ref": "v1", "ref_type": "tag", "sha": AFTER}, "other"),
    (
        "bitbucket",
        {
            "push": {
                "changes": [{"new": {"type": "branch", "name": "main", "target": {"hash": AFTER}}}]
            }
        },
        "push",
    ),
    (
        "bitbucket",
        {
            "eventKey": "repo:refs_changed",
            "changes": [{"ref": {"id": "refs/heads/main"}, "fromHash": BEFORE, "toHash": AFTER}],
        },
        "push",
    ),
    ("bitbucket", {"test": True}, "ping"),
    ("bitbucket", {"eventKey": "pr:opened"}, "other"),
]


@pytest.mark.parametrize(("name", "document", "kind"), MUTATIONS)
def test_mutation__payload_alone__is_read_as_its_forge_sends_it(
    name: str, document: dict[str, Any], kind: str
) -> None:
    """GraphQL brings a payload and a signature; the event is told by the payload's shape."""
    body = text_of(document)
    digest = hexadecimal(body)
    signature = {"gitlab": SECRET, "gitea": digest}.get(name, f"sha256={digest}")
    headers = headers_of_mutation(name, body.decode(), signature)
    assert detect(headers) == name
    assert FORGES[name].verify_webhook_signature(body, headers)
    assert not FORGES[name].verify_webhook_signature(
        body, headers_of_mutation(name, body.decode(), None)
    )
    event = FORGES[name].parse_webhook_event(headers, body)
    assert (event.event_type, (event.delivery_id or "")[:8]) == (kind, "payload-")


@pytest.mark.parametrize("payload", ["", "[]", "null", "{", "\ud800", '{"object_kind": 7}'])
@pytest.mark.parametrize("name", ["github", "gitlab", "gitea", "bitbucket"])
def test_mutation__no_payload__is_malformed_and_no_more(name: str, payload: str) -> None:
    """It is refused where every payload is, after its signature."""
    headers = headers_of_mutation(name, payload, "x")
    check_parse(FORGES[name], headers, payload.encode("utf-8", "surrogatepass"))
    with pytest.raises(FraisierError) as caught:
        headers_of_mutation("custom", payload, "x")
    assert caught.value.code == "unknown-webhook-provider"
