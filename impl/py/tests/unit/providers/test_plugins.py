"""Providers of plugins: their keys, their methods, and what goes wrong in them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fraisier.config import ConfigurationError
from fraisier.domain.errors import FraisierError
from fraisier.domain.findings import Level
from fraisier.domain.values import HealthState
from fraisier.wiring import Application, application

PLUGIN = '''
from fraisier.domain.values import DeploymentResult, HealthState, HealthStatus
from fraisier.providers import DeploymentProvider, register_provider


@register_provider
class Folder(DeploymentProvider):
    """Keeps the name of the release that serves in a file."""

    name = "{name}"
    keys = frozenset({{"place", "port", "secret_token"}})
    required = frozenset({{"place"}})

    def deploy(self, fraise, version):
        {deploy}
        return DeploymentResult(True, version)

    def rollback(self, fraise, to_version):
        return True

    def health_check(self, fraise):
        return HealthStatus(HealthState.HEALTHY, fraise.environment.target["place"])

    def logs(self, fraise, lines=100):
        return "line"

    def stop(self, fraise):
        return True

    def start(self, fraise):
        return {start}
'''
CONFIG = """
plugins: [mine.py]
fraises:
  shop:
    environments:
      production:
        target: {{provider: {name}, {target}}}
"""
TARGET = "place: [here, {deep: 1}], port: 8000, secret_token: correct-horse"

Make = Callable[..., Application]
pytestmark = pytest.mark.usefixtures("plugins_are_forgotten")


@pytest.fixture
def make(tmp_path: Path, request: pytest.FixtureRequest) -> Make:
    """An application with a provider of a plugin, under a name that no other test has."""
    name = "folder-" + str(abs(hash(request.node.name)) % 10**9)

    def made(target: str = TARGET, deploy: str = "pass", start: str = "True") -> Application:
        text = PLUGIN.format(name=name, deploy=deploy, start=start)
        (tmp_path / "mine.py").write_text(text)
        (tmp_path / "fraises.yaml").write_text(CONFIG.format(name=name, target=target))
        return application(tmp_path / "fraises.yaml", None, {}, tmp_path)

    return made


def test_provider__of_a_file__is_used(make: Make) -> None:
    """Six methods are enough; a key of its own may hold anything."""
    app = make()
    fraise = app.config.select("shop", "production")
    provider = app.provider(fraise.environment.provider)
    assert provider.deploy(fraise, "1.0").success and provider.rollback(fraise, "0.9")
    found = provider.health_check(fraise)
    assert found == (HealthState.HEALTHY, ["here", {"deep": 1}])
    assert provider.logs(fraise, 3) == "line" and provider.stop(fraise) and provider.start(fraise)
    assert provider.diagnose(fraise)[0].level is Level.OK
    assert "correct-horse" in app.config.secrets


@pytest.mark.parametrize(
    ("target", "code", "said"),
    [
        ("place: x, plaec: y", "unknown-key", "plaec"),
        ("port: 8000", "config-invalid", "place"),
        ("place: x, port: high", "config-invalid", "65535"),
    ],
)
def test_target__of_a_plugin__is_checked(make: Make, target: str, code: str, said: str) -> None:
    """Unknown, missing and wrong keys are errors as for every other provider."""
    with pytest.raises(ConfigurationError) as caught:
        make(target)
    assert caught.value.code == code and said in caught.value.message


def test_error__in_a_plugin__is_provider_failed_without_secrets(make: Make) -> None:
    """Whatever it raises ends one deployment with a reason, and shows no secret."""
    app = make(deploy="raise KeyError('no correct-horse here')")
    fraise = app.config.select("shop", "production")
    with pytest.raises(FraisierError) as caught:
        app.provider(fraise.environment.provider).deploy(fraise, "1.0")
    assert caught.value.code == "provider-failed"
    assert "failed in deploy: KeyError: 'no *** here'" in caught.value.message


def test_value__of_another_type__is_provider_failed(make: Make) -> None:
    """A method that gives nothing has not started anything."""
    app = make(start="None")
    fraise = app.config.select("shop", "production")
    with pytest.raises(FraisierError, match="NoneType for start instead of bool"):
        app.provider(fraise.environment.provider).start(fraise)


def test_plugin__that_has_changed__is_read_again(make: Make) -> None:
    """A running observer uses the new file with the next configuration."""
    make(start="False")
    app = make(start="True")
    fraise = app.config.select("shop", "production")
    assert app.provider(fraise.environment.provider).start(fraise)


def test_package__of_the_entry_point_group__is_found(make: Make, tmp_path: Path) -> None:
    """An installed package needs no line in fraises.yaml; one that is broken is told."""
    make(target="place: x")
    site, config = tmp_path / "site", tmp_path / "fraises.yaml"
    (site / "mine-1.0.dist-info").mkdir(parents=True)
    (tmp_path / "mine.py").rename(site / "packaged_provider.py")
    config.write_text(config.read_text().replace("plugins: [mine.py]", ""))
    points = site / "mine-1.0.dist-info" / "entry_points.txt"
    points.write_text("[fraisier.plugins]\nmine = packaged_provider\n")
    done = _validated(config, site)
    assert done.returncode == 0, done.stderr
    points.write_text("[fraisier.plugins]\nmine = no_such_module\n")
    done = _validated(config, site)
    assert done.returncode == 2
    assert "error[unknown-provider]" in done.stderr
    assert "the plugin mine (no_such_module) cannot be loaded: ModuleNotFound" in done.stderr


def _validated(config: Path, site: Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "fraisier", "config", "validate", "--config", str(config)]
    environ = {**os.environ, "PYTHONPATH": str(site)}
    return subprocess.run(program, env=environ, capture_output=True, text=True, check=False)
