"""GitLab's tokens, signatures and payloads."""

from __future__ import annotations

import base64
import hmac
from typing import Any

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import WebhookEvent
from fraisier.git import signatures
from fraisier.git.gitlab import GitLab

from .deliveries import AFTER, BEFORE, SECRET, TAG_OBJECT, ZEROS, settings, text_of

NOW = 1_770_000_000
KEY = b"twenty-four bytes of key"
SIGNING = "whsec_" + base64.b64encode(KEY).decode()


def push(**changes: Any) -> dict[str, Any]:
    """A push of main, in the words of GitLab's documentation."""
    usual = {
        "object_kind": "push",
        "before": BEFORE,
        "after": AFTER,
        "ref": "refs/heads/main",
        "checkout_sha": AFTER,
        "user_name": "Alice Baker",
        "user_username": "alice",
        "project": {
            "path_with_namespace": "team/bakery/shop",
            "web_url": "https://gitlab.example.org/team/bakery/shop",
            "git_ssh_url": "ssh://git@gitlab.example.org:2222/team/bakery/shop.git",
            "git_http_url": "https://gitlab.example.org/Team/bakery/shop.git",
        },
        "commits": [{"id": AFTER, "added": [], "modified": ["api/app.py"], "removed": ["old"]}],
        "total_commits_count": 1,
    }
    return usual | changes


def tag(**changes: Any) -> dict[str, Any]:
    """A new annotated tag."""
    usual = {
        "object_kind": "tag_push",
        "ref": "refs/tags/v1.0",
        "before": ZEROS,
        "after": TAG_OBJECT,
        "total_commits_count": 0,
    }
    return push(**(usual | changes))


def parse(document: object, event: str = "Push Hook", **headers: str) -> WebhookEvent:
    """Parse as a delivery of this event."""
    sent = {"X-Gitlab-Event": event, "Idempotency-Key": "d-1"} | headers
    return GitLab(settings("gitlab")).parse_webhook_event(sent, text_of(document))


def signed(body: bytes, key: bytes = KEY, at: int = NOW, identity: str = "d-1") -> dict[str, str]:
    """The headers of the signed form."""
    mac = hmac.new(key, f"{identity}.{at}.".encode() + body, "sha256").digest()
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(at),
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


@pytest.fixture
def signing(monkeypatch: pytest.MonkeyPatch) -> GitLab:
    """GitLab with a token and a signing secret, at a known moment."""
    monkeypatch.setattr(signatures, "now", lambda: float(NOW))
    return GitLab(settings("gitlab", signing_secrets=(SIGNING,)))


def test_token__one_of_the_secrets__is_taken() -> None:
    """While a token is replaced both count; nothing like them does."""
    forge = GitLab(settings("gitlab", "new-token", "old-token", ""))
    for token in ("new-token", "old-token"):
        assert forge.verify_webhook_signature(b"x", {"x-gitlab-token": token})
    for token in ("", "new-toke", "new-token ", "NEW-TOKEN", "new-token,old-token", "\xe9\ud800"):
        assert not forge.verify_webhook_signature(b"x", {"x-gitlab-token": token})


def test_token__of_other_letters__is_taken_as_it_travels() -> None:
    """A header is read as Latin-1, what GraphQL brings is text; both are the same token."""
    forge = GitLab(settings("gitlab", "jeton-secrété"))
    for token in ("jeton-secrété", "jeton-secrété".encode().decode("latin-1")):
        assert forge.verify_webhook_signature(b"x", {"x-gitlab-token": token})


def test_signed_form__right_signature__is_taken(signing: GitLab) -> None:
    """Also beside others, as while a key is replaced."""
    headers = signed(b"body")
    assert signing.verify_webhook_signature(b"body", headers)
    headers["webhook-signature"] = "v1a,xx v1,AAAA " + headers["webhook-signature"]
    assert signing.verify_webhook_signature(b"body", headers)


def test_signed_form__token_alone__is_not_enough(signing: GitLab) -> None:
    """A header does not choose the weaker proof, however right it is."""
    headers = {"x-gitlab-token": SECRET, "x-gitlab-event": "Push Hook"}
    assert not signing.verify_webhook_signature(b"body", headers)
    assert not signing.is_signed(headers)
    assert not GitLab(settings("gitlab", signing_secrets=("",))).verify_webhook_signature(
        b"body", headers
    )


@pytest.mark.parametrize("seconds", [-301, 301, 10**9])
def test_signed_form__another_time__is_refused(
    signing: GitLab, seconds: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A delivery that was kept is no delivery of now; the log tells of well signed ones only."""
    assert not signing.verify_webhook_signature(b"x", signed(b"body", at=NOW + seconds))
    assert not caplog.messages
    assert not signing.verify_webhook_signature(b"body", signed(b"body", at=NOW + seconds))
    assert f"{abs(seconds)} seconds from this clock" in caplog.text


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_signed_form__five_minutes_apart__is_taken(signing: GitLab, seconds: int) -> None:
    """Clocks differ a little."""
    assert signing.verify_webhook_signature(b"body", signed(b"body", at=NOW + seconds))


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("webhook-id", "d-2"),
        ("webhook-id", ""),
        ("webhook-timestamp", str(NOW + 1)),
        ("webhook-timestamp", f"{NOW}.0"),
        ("webhook-timestamp", "٣" * 10),
        ("webhook-timestamp", "9" * 5_000),
        ("webhook-timestamp", "-1"),
        ("webhook-signature", ""),
        ("webhook-signature", "v1,"),
        ("webhook-signature", "v1"),
        ("webhook-signature", "v2," + "A" * 43 + "="),
        ("webhook-signature", "v1,é"),
    ],
)
def test_signed_form__anything_changed__is_refused(
    signing: GitLab, header: str, value: str
) -> None:
    """Id, time and signature belong together."""
    assert not signing.verify_webhook_signature(b"body", signed(b"body") | {header: value})
    assert not signing.verify_webhook_signature(b"bodY", signed(b"body"))


def test_signed_form__secret_as_text__is_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret without the prefix is the key as it stands, or in base64."""
    monkeypatch.setattr(signatures, "now", lambda: float(NOW))
    plain = GitLab(settings("gitlab", signing_secrets=("a plain key, rather long",)))
    assert plain.verify_webhook_signature(b"x", signed(b"x", b"a plain key, rather long"))
    coded = GitLab(settings("gitlab", signing_secrets=(SIGNING.removeprefix("whsec_"),)))
    assert coded.verify_webhook_signature(b"x", signed(b"x"))


@pytest.mark.parametrize("secret", ["whsec_", "whsec_AAAA", "whsec_====", ""])
def test_signed_form__secret_without_a_key__verifies_nothing(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    """No key, or one that could be guessed, is no key: also not the empty one."""
    monkeypatch.setattr(signatures, "now", lambda: float(NOW))
    forge = GitLab(settings("gitlab", signing_secrets=(secret,)))
    for key in (b"", b"\x00\x00\x00", secret.encode()):
        assert not forge.verify_webhook_signature(b"x", signed(b"x", key))


def test_parse__push__has_all_that_it_tells() -> None:
    """Branch, commit, sender, repository under all its addresses, and files."""
    event = parse(push(commits=[{"id": AFTER, "modified": ["api/app.py"], "removed": ["old"]}]))
    assert (event.event_type, event.branch, event.commit_sha) == ("push", "main", AFTER)
    assert (event.before, event.sender, event.native_event) == (BEFORE, "alice", "Push Hook")
    assert event.repository == "team/bakery/shop"
    assert event.repository_keys == (
        "gitlab.example.org/team/bakery/shop",
        "gitlab.example.org:2222/team/bakery/shop",
    )
    assert event.paths == ("old", "api/app.py")
    assert event.delivery_id == "d-1"


def test_parse__annotated_tag__is_its_commit() -> None:
    """`after` is the tag object, `checkout_sha` the commit; a tag is no branch."""
    event = parse(tag(ref="refs/tags/main"), "Tag Push Hook")
    assert (event.event_type, event.branch, event.tag) == ("tag", None, "main")
    assert (event.commit_sha, event.before, event.paths) == (AFTER, None, None)


@pytest.mark.parametrize("changes", [{"after": ZEROS, "checkout_sha": None}, {"after": ZEROS},
                                     {"checkout_sha": None}])  # fmt: skip
def test_parse__nothing_to_check_out__is_a_deletion(changes: dict[str, Any]) -> None:
    """All zeros, or no commit to check out."""
    event = parse(push(**changes))
    assert (event.event_type, event.branch, event.commit_sha) == ("delete", "main", None)
    event = parse(tag(**changes), "Tag Push Hook")
    assert (event.event_type, event.tag, event.commit_sha) == ("delete", "v1.0", None)


@pytest.mark.parametrize("event", ["System Hook", "Issue Hook", "Merge Request Hook", "Job Hook"])
def test_parse__other_events__deploy_nothing(event: str) -> None:
    """A system hook repeats every push of the server: it is not a second one."""
    assert parse(push(), event).event_type == "other"


def test_parse__event_and_payload_disagree__is_malformed() -> None:
    """A payload of one kind under the name of another."""
    for document, event in ((push(), "Tag Push Hook"), (tag(), "Push Hook")):
        with pytest.raises(FraisierError) as caught:
            parse(document, event)
        assert caught.value.code == "malformed-payload"


@pytest.mark.parametrize(
    "changes",
    [
        {"total_commits_count": 2},
        {"total_commits_count": None},
        {"total_commits_count": True},
        {"before": ZEROS},
        {"commits": []},
        {"commits": None},
        {"commits": [{"id": AFTER}]},
        {"commits": [{"id": AFTER, "modified": [], "added": ["moved/here.py"]}]},
        {"commits": [{"id": BEFORE, "modified": ["api/app.py"]}]},
        {"commits": [{"id": AFTER, "modified": ["api/app.py", 7]}]},
        {"commits": [{"id": AFTER, "modified": ["a\x00b"]}]},
        {"commits": [AFTER]},
    ],
)
def test_parse__not_all_files_told__are_unknown(changes: dict[str, Any]) -> None:
    """A list that may be cut is no list; a moved file is named by its new place only."""
    assert parse(push(**changes)).paths is None


def test_delivery_id__without_one__is_none_of_the_others() -> None:
    """Older GitLab gives no id that stays: such a delivery is known again by its body."""
    headers = {"X-Gitlab-Event": "Push Hook", "X-Gitlab-Event-UUID": "of several pushes"}
    forge = GitLab(settings("gitlab"))
    found = {forge.parse_webhook_event(headers, text_of(push())).delivery_id for _ in range(2)}
    assert len(found) == 2
    assert all(one and "of several pushes" not in one for one in found)


def test_delivery_id__signed_form__is_the_signed_one(signing: GitLab) -> None:
    """Whoever repeats a delivery under another id cannot sign it."""
    headers = {"X-Gitlab-Event": "Push Hook", "webhook-id": "signed", "Idempotency-Key": "forged"}
    assert signing.parse_webhook_event(headers, text_of(push())).delivery_id == "signed"
