"""Forges of plugins: loaded from a file, watched, and stored as custom."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.git import detect
from fraisier.operations.record_webhook import (
    forge_of_mutation,
    headers_of_mutation,
    verify_webhook,
)
from fraisier.wiring import Application, application

# The class of the product document, with what it leaves to the reader filled in.
DOCUMENTED = """
from fraisier.git import GitProvider, WebhookEvent, register_provider

class MyGitProvider(GitProvider):
    name = "{name}"

    def verify_webhook_signature(self, payload, headers):
        {verify}

    def parse_webhook_event(self, headers, payload):
        {parse}

register_provider(MyGitProvider)
"""
PUSH = """return WebhookEvent(
            provider=self.name, event_type="push", branch="main", commit_sha="ABC1234")"""
CONFIG = """
plugins: [forge.py]
git: {{provider: {name}, repository: https://forge.example/team/shop.git}}
fraises:
  shop: {{environments: {{production: {{branch: main}}}}}}
"""

Make = Callable[..., Application]
pytestmark = pytest.mark.usefixtures("plugins_are_forgotten")


@pytest.fixture
def make(tmp_path: Path, request: pytest.FixtureRequest) -> Make:
    """An application with a forge of a plugin, under a name that no other test has."""
    name = "forge-" + str(abs(hash(request.node.name)) % 10**9)

    def made(verify: str = "return True", parse: str = PUSH, config: str = CONFIG) -> Application:
        text = DOCUMENTED.format(name=name, verify=verify, parse=parse)
        (tmp_path / "forge.py").write_text(text)
        (tmp_path / "fraises.yaml").write_text(config.format(name=name))
        return application(tmp_path / "fraises.yaml", None, {}, tmp_path)

    return made


def name_of(app: Application) -> str:
    """The name of the forge."""
    return app.config.git.provider


def test_documented_class__as_printed__is_stored_as_custom(make: Make) -> None:
    """Its event gets an id and the repository of the fraises that come from it."""
    app = make()
    found = verify_webhook(app, {}, b"{}", name_of(app)).arguments()
    assert (found["provider"], found["hook"]) == ("custom", name_of(app))
    assert found["delivery_id"].startswith("payload-")
    assert found["event"]["repository_keys"] == ["forge.example/team/shop"]
    assert (found["event"]["branch"], found["event"]["commit_sha"]) == ("main", "abc1234")
    assert verify_webhook(app, {}, b"{}", name_of(app)).arguments() == found
    assert verify_webhook(app, {}, b"{ }", name_of(app)).arguments() != found


@pytest.mark.parametrize(
    "verdict",
    [
        "pass",
        "return 1",
        "return 'yes'",
        "return None",
        "raise KeyError('x')",
        "import nothing_here",
    ],
)
def test_verdict__other_than_true__is_a_bad_signature(make: Make, verdict: str) -> None:
    """Nobody gets in by a plugin that forgets to answer, or fails to."""
    app = make(verify=verdict)
    assert refused(app).code == "bad-signature"


def test_verdict__of_a_coroutine__is_a_bad_signature(make: Make, tmp_path: Path) -> None:
    """An async method would be truthy without ever having run."""
    app = make()
    text = (tmp_path / "forge.py").read_text().replace("def verify", "async def verify")
    (tmp_path / "forge.py").write_text(text)
    app = application(tmp_path / "fraises.yaml", None, {}, tmp_path)
    assert refused(app).code == "bad-signature"


@pytest.mark.parametrize(
    "parse",
    [
        "pass",
        "return {}",
        "raise ValueError('odd')",
        "return WebhookEvent(self.name, 'push')",
        "return WebhookEvent(self.name, 'pushed', branch='main', commit_sha='abc')",
        "return WebhookEvent(self.name, 'push', branch=1, commit_sha='abc1234')",
        "return WebhookEvent(self.name, 'push', branch='main', commit_sha='abc')",
        "return WebhookEvent(self.name, 'push', branch='main', commit_sha='0' * 40)",
        "return WebhookEvent(self.name, 'push', branch='main', commit_sha='the head')",
        "return WebhookEvent(self.name, 'ping', repository_keys='abc')",
        "return WebhookEvent(self.name, 'ping', sender='a\\0b')",
    ],
)
def test_event__that_is_none__is_malformed(make: Make, parse: str) -> None:
    """Whatever a plugin makes of a payload, the database only sees sound events."""
    assert refused(make(parse=parse)).code == "malformed-payload"


def test_detection__by_the_class__is_used_and_survives_its_faults(
    make: Make, tmp_path: Path
) -> None:
    """A forge may recognise its deliveries; one that fails to does not stop the others."""
    app = make()
    own = """    @classmethod
    def detects(cls, headers):
        return True if "X-Plugin-Event" in headers else headers["x-nothing"]

    def verify"""
    text = (tmp_path / "forge.py").read_text().replace("    def verify", own)
    (tmp_path / "forge.py").write_text(text)
    app = application(tmp_path / "fraises.yaml", None, {}, tmp_path)
    assert verify_webhook(app, {"x-plugin-event": "push"}, b"{}").hook == name_of(app)
    assert detect({"x-github-event": "push"}) == "github"


def test_settings__of_the_section_custom__reach_the_forge(make: Make) -> None:
    """Its secrets are where those of other forges are, and as secret."""
    config = CONFIG.replace(
        "git: {{", "git: {{custom: {{{name}: {{webhook_secret: correct-horse}}}}, "
    )
    app = make(verify="return self.secrets == ('correct-horse',)", config=config)
    assert verify_webhook(app, {}, b"{}", name_of(app)).provider == "custom"
    assert "correct-horse" in app.config.secrets


def test_mutation__of_the_only_plugin__is_its_own(make: Make, tmp_path: Path) -> None:
    """GraphQL says CUSTOM; the class may say which headers a payload would have had."""
    app = make(verify="return headers[f'x-{self.name}-signature'] == 'right'")
    name = forge_of_mutation("custom")
    headers = headers_of_mutation(name, "{}", "right")
    webhook = verify_webhook(app, headers, b"{}", name)
    assert (webhook.provider, webhook.hook) == ("custom", name_of(app))
    with pytest.raises(FraisierError) as caught:
        verify_webhook(app, headers_of_mutation(name, "{}", "wrong"), b"{}", name)
    assert caught.value.code == "bad-signature"
    own = """    @classmethod
    def imitate(cls, document, signature, delivery_id):
        return {"X-Mine": document["mine"]}

    def verify"""
    text = (tmp_path / "forge.py").read_text().replace("    def verify", own)
    (tmp_path / "forge.py").write_text(text)
    application(tmp_path / "fraises.yaml", None, {}, tmp_path)
    assert headers_of_mutation(name, '{"mine": "x"}', None)["x-mine"] == "x"
    with pytest.raises(FraisierError) as caught:
        headers_of_mutation(name, "{}", None)
    assert caught.value.code == "malformed-payload"


def test_constructor__without_arguments__is_called_so(make: Make, tmp_path: Path) -> None:
    """A class may have an __init__ of its own."""
    app = make(verify="return self.ready and self.settings is not None")
    text = (tmp_path / "forge.py").read_text()
    own = "    def __init__(self):\n        self.ready = True\n\n    def verify"
    (tmp_path / "forge.py").write_text(text.replace("    def verify", own))
    app = application(tmp_path / "fraises.yaml", None, {}, tmp_path)
    assert verify_webhook(app, {}, b"{}", name_of(app)).provider == "custom"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("name = ", "nom = "), "forge.py:14: the name of a git provider"),
        (('name = "', 'name = "github"  # "'), "Fraisier's own"),
        (("def parse_webhook_event", "def parse_event"), "lacks parse_webhook_event"),
        (("import GitProvider", "import GitProvidr"), "forge.py:2: ImportError"),
        (("class My", "class  :"), "forge.py:4: SyntaxError"),
        (("register_provider(My", "raise SystemExit(My"), "forge.py:14: SystemExit"),
    ],
)
def test_plugin__that_cannot_be_used__is_a_problem_with_its_line(
    make: Make, tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    """The configuration error names the plugin's file and line."""
    make()
    text = (tmp_path / "forge.py").read_text()
    (tmp_path / "forge.py").write_text(text.replace(*change))
    with pytest.raises(FraisierError) as caught:
        application(tmp_path / "fraises.yaml", None, {}, tmp_path)
    error: dict[str, Any] = json.loads(json.dumps(caught.value.as_dict()))
    assert error["code"] == "config-invalid"
    assert "fraises.yaml:2: plugins[0]" in error["at"]
    assert said in error["message"]


def test_plugin__read__leaves_nothing_behind(make: Make, tmp_path: Path) -> None:
    """No compiled copy beside the file, which would be an old one after a quick change."""
    make()
    assert not (tmp_path / "__pycache__").exists()


def test_plugin__that_is_absent__is_a_problem(tmp_path: Path) -> None:
    """A path that leads nowhere is told as one."""
    (tmp_path / "fraises.yaml").write_text(
        "plugins: [no.py]\nfraises: {a: {environments: {b: {}}}}"
    )
    with pytest.raises(FraisierError, match=r"no\.py: No such file") as caught:
        application(tmp_path / "fraises.yaml", None, {}, tmp_path)
    assert caught.value.code == "config-invalid"


def refused(app: Application) -> FraisierError:
    """Why a webhook of the forge is refused."""
    with pytest.raises(FraisierError) as caught:
        verify_webhook(app, {}, b"{}", name_of(app))
    return caught.value


def test_example__token_forge__reads_and_verifies(tmp_path: Path) -> None:
    """The forge of examples/ lets in whoever knows the token, and keeps the delivery's id."""
    example = Path(__file__).parents[5] / "examples/providers/token_forge.py"
    custom = "custom: {token-forge: {webhook_secret: correct-horse}}"
    text = f"plugins: [{example}]\ngit: {{provider: token-forge, {custom}}}\n"
    (tmp_path / "fraises.yaml").write_text(text + "fraises: {a: {environments: {b: {}}}}\n")
    app = application(tmp_path / "fraises.yaml", None, {}, tmp_path)
    push = {"ref": "refs/heads/main", "commit": "a" * 40, "repository": "Team/Shop", "user": "ada"}
    headers = {"x-forge-token": "correct-horse", "x-forge-delivery": "17"}
    found = verify_webhook(app, headers, json.dumps(push).encode(), "token-forge")
    assert found.event.repository_keys == ("forge.example/team/shop",)
    assert (found.event.branch, found.event.delivery_id) == ("main", "17")
    with pytest.raises(FraisierError, match="signature"):
        verify_webhook(app, {"x-forge-token": "correct-hors"}, b"{}", "token-forge")
