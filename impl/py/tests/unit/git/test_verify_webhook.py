"""Which forge's secrets a webhook is held to, whatever its headers say."""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.operations.record_webhook import headers_of_mutation, verify_webhook
from fraisier.wiring import Application, application

from .deliveries import AFTER, BEFORE, hexadecimal, text_of

KEY = b"a key of thirty-two bytes, or so"
SIGNING = "whsec_" + base64.b64encode(KEY).decode()
CONFIG = """
git:
  provider: github
  github: {webhook_secret: secret-of-github-it-is}
  gitlab: {secret_token: secret-of-gitlab-it-is}
  gitea: {webhook_secret: [secret-of-gitea-it-is, older-secret-of-gitea]}
  bitbucket: {webhook_secret: secret-of-bitbucket}
fraises:
  shop:
    environments: {production: {branch: main}}
  cellar:
    git:
      provider: gitlab
      base_url: https://gitlab.mycompany.example
      repository: team/cellar
    environments: {production: {branch: main}}
"""
PUSH = {"ref": "refs/heads/main", "before": BEFORE, "after": AFTER, "checkout_sha": AFTER}
BODY = text_of(PUSH)

Make = Callable[..., Application]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """An application of a configuration."""

    def made(config: str = CONFIG) -> Application:
        (tmp_path / "fraises.yaml").write_text(config)
        return application(tmp_path / "fraises.yaml", None, {}, tmp_path)

    return made


def code_of(call: Callable[[], Any]) -> str:
    """The code of the refusal."""
    with pytest.raises(FraisierError) as caught:
        call()
    return caught.value.code


def signed_by(name: str, body: bytes = BODY) -> dict[str, str]:
    """All headers of all forges, signed with the secret of one."""
    digest = hexadecimal(body, f"secret-of-{name}-it-is")
    return {
        "x-gitea-event": "push",
        "x-gitea-delivery": "gitea-1",
        "x-gitea-signature": digest,
        "x-gitlab-event": "Push Hook",
        "x-gitlab-token": f"secret-of-{name}-it-is",
        "idempotency-key": "gitlab-1",
        "x-github-event": "push",
        "x-github-delivery": "github-1",
        "x-hub-signature-256": f"sha256={digest}",
    }


@pytest.mark.parametrize("name", ["gitea", "gitlab", "github"])
def test_named_forge__its_own_secret__is_the_only_one(make: Make, name: str) -> None:
    """The secret of one forge opens no other, whatever headers come along."""
    app = make()
    for secret in ("gitea", "gitlab", "github"):
        headers = signed_by(secret)
        if secret == name:
            webhook = verify_webhook(app, headers, BODY, name)
            assert (webhook.provider, webhook.hook) == (name, "default")
            assert webhook.event.delivery_id == f"{name}-1"
        else:
            wrong = code_of(lambda headers=headers: verify_webhook(app, headers, BODY, name))
            assert wrong == "bad-signature"


def test_detected_forge__several_marks__its_secret_counts(make: Make) -> None:
    """A delivery with the marks of all is Gitea's; GitHub's secret does not help it."""
    app = make()
    assert verify_webhook(app, signed_by("gitea"), BODY).provider == "gitea"
    assert code_of(lambda: verify_webhook(app, signed_by("github"), BODY)) == "bad-signature"


def test_signature__none__is_told_from_a_wrong_one(make: Make) -> None:
    """Of each forge, by the header that it signs with."""
    app = make()
    signatures = ("x-gitea-signature", "x-gitlab-token", "x-hub-signature-256")
    headers = {k: v for k, v in signed_by("gitea").items() if k not in signatures}
    for name in ("gitea", "gitlab", "github", "bitbucket"):
        given = headers | {"x-event-key": "repo:push"}
        found = code_of(lambda given=given, name=name: verify_webhook(app, given, BODY, name))
        assert found == "missing-signature"


@pytest.mark.parametrize("name", ["forgejo", "gogs"])
def test_query__relatives_of_gitea__are_gitea(make: Make, name: str) -> None:
    """They are stored as what the product calls them."""
    assert verify_webhook(make(), signed_by("gitea"), BODY, name).provider == "gitea"


@pytest.mark.parametrize("name", ["", "custom", "GitHub", "sourcehut", "git lab"])
def test_query__unknown_name__is_refused(make: Make, name: str) -> None:
    """Nothing falls back to what the headers say."""
    app = make()
    found = code_of(lambda: verify_webhook(app, signed_by("github"), BODY, name))
    assert found == "unknown-webhook-provider"


def test_forge_without_secret__is_not_known(make: Make) -> None:
    """Neither by its headers nor by name."""
    app = make("fraises: {shop: {environments: {production: {branch: main}}}}")
    for name in ("gitea", "gitlab", "github", None):
        found = code_of(lambda name=name: verify_webhook(app, signed_by("github"), BODY, name))
        assert found == "unknown-webhook-provider"


def test_override__of_a_fraise__takes_the_secret_of_its_forge(make: Make) -> None:
    """Its webhooks are GitLab's, though GitHub is the usual forge; its address is its own."""
    app = make()
    cellar = app.config.fraises["cellar"]
    assert cellar.repository == "https://gitlab.mycompany.example/team/cellar.git"
    headers = {"x-gitlab-event": "Push Hook", "x-gitlab-token": "secret-of-gitlab-it-is"}
    address = {"git_http_url": "https://gitlab.mycompany.example/team/cellar.git"}
    body = text_of(PUSH | {"project": address})
    webhook = verify_webhook(app, headers, body)
    assert webhook.provider == "gitlab"
    assert webhook.event.repository_keys == ("gitlab.mycompany.example/team/cellar",)


LISTED = """
git: {{provider: bitbucket, bitbucket: {{addresses: [192.0.2.0/24]{more}}}}}
fraises: {{shop: {{environments: {{production: {{branch: main}}}}}}}}
"""
OF_CLOUD = {"x-event-key": "repo:push", "x-request-uuid": "d-1", "x-hook-uuid": "h"}
NEW = {"type": "branch", "name": "main", "target": {"hash": AFTER}}
TO_CLOUD = text_of({"push": {"changes": [{"old": None, "new": NEW}]}})


def test_address__listed__stands_in_for_the_secret_of_the_cloud(make: Make) -> None:
    """Only when somebody has looked where the delivery comes from."""
    app = make(LISTED.format(more=""))
    webhook = verify_webhook(app, OF_CLOUD, TO_CLOUD, from_known_address=True)
    assert webhook.event.branch == "main"
    assert code_of(lambda: verify_webhook(app, OF_CLOUD, TO_CLOUD)) == "missing-signature"


def test_address__listed__does_not_stand_in_where_there_is_a_secret(make: Make) -> None:
    """The absence of a header never chooses the weaker proof."""
    for more in (", webhook_secret: sixteen-characters", ', webhook_secret: ""'):
        app = make(LISTED.format(more=more))
        assert code_of(
            lambda app=app: verify_webhook(app, OF_CLOUD, TO_CLOUD, from_known_address=True)
        ) in ("missing-signature", "unknown-webhook-provider")
    app = make(LISTED.format(more=", server: true"))
    found = code_of(lambda: verify_webhook(app, OF_CLOUD, TO_CLOUD, from_known_address=True))
    assert found == "unknown-webhook-provider"


def test_mutation__signed_form_of_gitlab__has_id_and_time_in_its_signature(make: Make) -> None:
    """GraphQL has no headers: the three values come as one text."""
    app = make(CONFIG.replace("gitlab: {", f"gitlab: {{signing_secret: {SIGNING}, "))
    payload = BODY.decode()
    at = int(time.time())
    digest = hmac.digest(KEY, f"msg.1.{at}.".encode() + BODY, "sha256")
    coded = base64.b64encode(digest).decode()
    headers = headers_of_mutation("gitlab", payload, f"msg.1.{at}.v1,{coded}")
    webhook = verify_webhook(app, headers, BODY, "gitlab")
    assert webhook.event.delivery_id == "msg.1"
    for signature in ("secret-of-gitlab-it-is", f"v1,{coded}", f".{at}.v1,{coded}", None):
        headers = headers_of_mutation("gitlab", payload, signature)
        refused = code_of(lambda headers=headers: verify_webhook(app, headers, BODY, "gitlab"))
        assert refused in ("missing-signature", "bad-signature")
