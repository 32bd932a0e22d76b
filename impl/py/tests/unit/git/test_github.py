"""GitHub's signatures and payloads, good and hostile."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.git import GitProvider, WebhookEvent, detect, provider_named, register_provider
from fraisier.git.github import GitHub

SECRET = "It's a Secret to Everybody"
SHA = "a" * 40


@dataclass(frozen=True)
class Settings:
    """What the configuration gives."""

    name: str = "github"
    base_url: str | None = None
    secrets: tuple[str, ...] = (SECRET,)
    signing_secrets: tuple[str, ...] = ()
    server: bool = False
    addresses: tuple[str, ...] = ()


def push(**changes: Any) -> dict[str, Any]:
    """A push of main."""
    usual = {
        "ref": "refs/heads/main",
        "before": "b" * 40,
        "after": SHA,
        "deleted": False,
        "repository": {
            "full_name": "acme/shop",
            "clone_url": "https://github.com/Acme/shop.git",
            "ssh_url": "git@github.com:Acme/shop.git",
        },
        "sender": {"login": "alice"},
    }
    return usual | changes


def parse(document: object, event: str = "push") -> WebhookEvent:
    """Parse as a delivery of this event."""
    headers = {"X-GitHub-Event": event, "X-GitHub-Delivery": "d-1"}
    return GitHub(Settings()).parse_webhook_event(headers, json.dumps(document).encode())


@pytest.mark.parametrize(
    ("body", "digest"),
    [
        (b"Hello, World!", "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
        (b"Hello World!", "a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"),
    ],
)
def test_verify__published_vectors__match(body: bytes, digest: str) -> None:
    """The signatures that the forge publishes are accepted."""
    headers = {"x-hub-signature-256": f"sha256={digest}"}
    assert GitHub(Settings()).verify_webhook_signature(body, headers)


@pytest.mark.parametrize(
    "value",
    ["", "sha256=", "sha256=" + "0" * 64, "sha256=" + "é" * 64, "sha256", "sha1=" + "0" * 40],
)
def test_verify__wrong_header__is_false(value: str) -> None:
    """Nothing malformed matches, and nothing raises."""
    assert not GitHub(Settings()).verify_webhook_signature(b"x", {"X-Hub-Signature-256": value})


def test_verify__sha1_only__is_false() -> None:
    """The older header is never looked at, even when it is right."""
    digest = hmac.new(SECRET.encode(), b"x", hashlib.sha1).hexdigest()
    assert not GitHub(Settings()).verify_webhook_signature(
        b"x", {"X-Hub-Signature": f"sha1={digest}"}
    )


def test_verify__several_secrets__any_matches() -> None:
    """While a secret is replaced, both count; an empty one never does."""
    digest = hmac.new(b"old-secret", b"x", hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={digest}"}
    both = Settings(secrets=("new-secret", "old-secret"))
    assert GitHub(both).verify_webhook_signature(b"x", headers)
    empty = hmac.new(b"", b"x", hashlib.sha256).hexdigest()
    none = GitHub(Settings(secrets=("",)))
    assert not none.verify_webhook_signature(b"x", {"X-Hub-Signature-256": f"sha256={empty}"})


def test_parse__push__has_branch_commit_and_keys() -> None:
    """An ordinary push."""
    event = parse(push())
    assert (event.event_type, event.branch, event.commit_sha) == ("push", "main", SHA)
    assert (event.sender, event.repository, event.delivery_id) == ("alice", "acme/shop", "d-1")
    assert event.repository_keys == ("github.com/acme/shop",)


CHANGED = {"id": SHA, "added": ["a/new"], "removed": ["old"], "modified": ["api/app.py"]}


def test_parse__files_of_all_commits__are_the_paths() -> None:
    """Each once, whatever happened to it."""
    first = {"id": "d" * 40, "added": ["a/new"], "removed": [], "modified": ["docs/x.md"]}
    event = parse(push(commits=[first, CHANGED]))
    assert event.paths == ("a/new", "docs/x.md", "old", "api/app.py")


@pytest.mark.parametrize(
    "changes",
    [
        {"forced": True},
        {"created": True},
        {"before": "0" * 40},
        {"commits": [CHANGED] * 2_048},
        {"commits": [CHANGED], "size": 2},
        {"commits": [CHANGED | {"modified": [f"{n}" for n in range(3_000)]}]},
        {"commits": [CHANGED | {"id": "d" * 40}]},
        {"commits": [{"id": SHA}]},
        {"commits": []},
        {"ref": "refs/tags/v1"},
        {},
    ],
)
def test_parse__files_that_may_not_be_all__are_unknown(changes: dict[str, Any]) -> None:
    """A push in doubt is deployed, so it has no list of paths."""
    assert parse(push(**({"commits": [CHANGED]} if changes else {}) | changes)).paths is None


@pytest.mark.parametrize(
    "commits",
    [7, "x", [7], [CHANGED | {"added": "x"}], [CHANGED | {"modified": [None]}],
     [CHANGED | {"added": ["a\x00"]}], [CHANGED | {"added": ["\ud800"]}]],
)  # fmt: skip
def test_parse__odd_files__do_not_hinder_the_push(commits: object) -> None:
    """What a good push holds beside its facts never prevents its deployment."""
    event = parse(push(commits=commits))
    assert (event.event_type, event.paths) == ("push", None)


def test_parse__addresses_in_every_form__are_one_repository_each() -> None:
    """As it is cloned by https, ssh, ssh with a port, git, and as it is looked at."""
    own = {
        "clone_url": "https://github.example.org:8443/Acme/Shop.git",
        "ssh_url": "ssh://git@github.example.org:2222/Acme/Shop.git",
        "git_url": "git://github.example.org/Acme/Shop.git",
        "html_url": "https://github.example.org/Acme/Shop",
        "svn_url": "https://github.example.org/Acme/Shop",
    }
    assert parse(push(repository=own)).repository_keys == (
        "github.example.org:8443/acme/shop",
        "github.example.org:2222/acme/shop",
        "github.example.org/acme/shop",
    )


def test_parse__tag_called_like_a_branch__is_a_tag() -> None:
    """A tag is no branch; an annotated one is its commit."""
    event = parse(push(ref="refs/tags/main", head_commit={"id": "c" * 40}))
    assert (event.event_type, event.branch, event.tag) == ("tag", None, "main")
    assert event.commit_sha == "c" * 40


@pytest.mark.parametrize("changes", [{"deleted": True}, {"after": "0" * 40}])
def test_parse__branch_deleted__is_a_delete(changes: dict[str, Any]) -> None:
    """No commit means delete."""
    event = parse(push(**changes))
    assert (event.event_type, event.branch, event.commit_sha) == ("delete", "main", None)


def test_parse__delete_ping_and_others__are_told_apart() -> None:
    """The events that carry no push."""
    assert parse({"ref_type": "branch", "ref": "main"}, "delete").branch == "main"
    assert parse({"zen": "x", "repository": None}, "ping").event_type == "ping"
    assert parse({}, "issues").event_type == "other"


@pytest.mark.parametrize(
    "document",
    [
        [],
        None,
        1,
        "text",
        {},
        push(ref=None),
        push(ref=["main"]),
        push(after=None),
        push(after="nonsense"),
        push(after={"a": 1}),
        push(repository=[]),
        push(repository={"full_name": 7}),
        push(sender="alice"),
        push(deleted="yes"),
        push(ref="refs/heads/a\x00b"),
        push(ref="refs/heads/\ud800"),
        push(ref="refs/heads/" + "x" * 5_000),
    ],
)
def test_parse__hostile_push__is_malformed(document: object) -> None:
    """Whatever comes, it is a FraisierError with one code."""
    with pytest.raises(FraisierError) as caught:
        parse(document)
    assert caught.value.code == "malformed-payload"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"ref": NaN}'])
def test_parse__not_json__is_malformed(body: bytes) -> None:
    """Text that is no JSON, too deep, or not UTF-8."""
    with pytest.raises(FraisierError) as caught:
        GitHub(Settings()).parse_webhook_event({"X-GitHub-Event": "push"}, body)
    assert caught.value.code == "malformed-payload"


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"X-GitHub-Event": "push"}, "github"),
        ({"X-GitHub-Event": "push", "X-Gitea-Event": "push"}, "gitea"),
        ({"X-GitHub-Event": "push", "X-Forgejo-Event": "push"}, "gitea"),
        ({"X-Gitlab-Event": "Push Hook"}, "gitlab"),
        ({"X-Event-Key": "repo:push"}, "bitbucket"),
        ({}, None),
    ],
)
def test_detect__headers__name_the_forge(headers: dict[str, str], name: str | None) -> None:
    """Forges that imitate GitHub are not taken for it."""
    assert detect(headers) == name


@pytest.mark.parametrize("name", ["forgejo", "custom", "nonsense", ""])
def test_provider_named__not_here__is_refused(name: str) -> None:
    """Names that no forge has; what relatives of Gitea may be called is resolved before."""
    with pytest.raises(FraisierError) as caught:
        provider_named(name)
    assert caught.value.code == "unknown-webhook-provider"


def test_register_provider__own_class__is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way that the product document shows."""
    monkeypatch.setattr("fraisier.git.registry._PROVIDERS", {"github": GitHub})

    class MyGitProvider(GitProvider):
        """A custom forge."""

        name = "mygit"

        def verify_webhook_signature(self, payload: bytes, headers: Any) -> bool:
            """Trusts everybody."""
            return True

        def parse_webhook_event(self, headers: Any, payload: bytes) -> WebhookEvent:
            """Always the same."""
            return WebhookEvent(provider=self.name, event_type="push", branch="main")

    register_provider(MyGitProvider)
    assert provider_named("mygit") is MyGitProvider
