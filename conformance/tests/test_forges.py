"""The suite's forges say and sign what the forges' documentation says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conform.world import octokit
from conform.world.forges import BEFORE, FORGES, PAYLOADS, digest, standard_signature

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios" / "webhook"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"Hello, World!", "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
        (b"Hello World!", "a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"),
    ],
)
def test_digest__documented_examples__match(body: bytes, expected: str) -> None:
    """GitHub's and Gitea's documentation print these."""
    assert digest(body, "It's a Secret to Everybody") == expected


def test_standard_signature__documented_example__matches() -> None:
    """The specification of Standard Webhooks has this one."""
    found = standard_signature(
        b'{"test": 2432232314}',
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "path", sorted(PAYLOADS.rglob("*.json")), ids=lambda p: f"{p.parent.name}/{p.stem}"
)
def test_payload__every_file__has_no_hole_left(path: Path) -> None:
    """Whatever stands in braces is a name that the forge fills."""
    forge = next(each for each in FORGES.values() if path.parent.name in (each.folder, each.name))
    text = json.dumps(forge.payload(path.stem, "main", "c" * 40))
    rest = text.replace("{}", "").replace("{7f3c2d10-0000-4000-8000-00000000", "")
    assert not [
        hole for hole in ("name", "commit", "before", "page", "ssh") if f"{{{hole}}}" in rest
    ]


@pytest.mark.parametrize("forge", FORGES.values(), ids=lambda each: each.name)
def test_headers__every_forge__name_event_and_delivery(forge: Any) -> None:
    """What is sent has the forge's own headers and a signature that depends on the secret."""
    body = json.dumps(forge.payload("push", "main", "c" * 40)).encode()
    one = forge.headers(body, forge.push, "whsec_b25lIHNlY3JldA==", "d1")
    other = forge.headers(body, forge.push, "whsec_YW5vdGhlciBvbmU=", "d1")
    assert (one[forge.event_header], one[forge.delivery_header]) == (forge.push, "d1")
    assert all(one[name] != other[name] for name in forge.signature_headers)
    assert BEFORE.encode() in body


@pytest.mark.parametrize("forge", [n for n in FORGES if n != "github"])
def test_scenarios__every_forge__has_the_same_ones(forge: str) -> None:
    """What one forge must do the others must do, too."""
    text = (SCENARIOS / f"{forge.replace('-', '_')}.feature").read_text()
    same = (
        "good-push-is-accepted bad-signature-is-rejected missing-signature-is-rejected"
        " secrets-can-be-replaced redelivery-deploys-once refs-are-told-apart"
        " other-repository-is-ignored other-branch-is-ignored other-events-are-ignored"
        " malformed-body-is-a-client-error"
    )
    assert [each for each in same.split() if f"@webhook/{forge}/{each}" not in text.split()] == []


@pytest.mark.parametrize(
    ("event", "payload", "expected"),
    [
        (
            "push",
            {"ref": "refs/heads/a/b", "deleted": False, "after": "c1"},
            ("push", "a/b", None, "c1"),
        ),
        (
            "push",
            {
                "ref": "refs/tags/v1",
                "deleted": False,
                "after": "object",
                "head_commit": {"id": "c2"},
            },
            ("tag", None, "v1", "c2"),
        ),
        ("push", {"ref": "refs/heads/a", "deleted": True}, ("delete", "a", None, None)),
        ("delete", {"ref_type": "tag", "ref": "v1"}, ("delete", None, "v1", None)),
        ("ping", {"zen": "Speak like a human."}, ("ping", None, None, None)),
        ("star", {"action": "created"}, ("other", None, None, None)),
    ],
)
def test_told__kinds_of_payloads__are_told_apart(
    event: str, payload: dict[str, Any], expected: tuple[str | None, ...]
) -> None:
    """The suite's own reading, by which an implementation is judged."""
    found = octokit.told(event, payload)
    assert (found.event_type, found.branch, found.tag, found.commit) == expected
