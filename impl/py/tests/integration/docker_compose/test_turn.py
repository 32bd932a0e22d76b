"""The lock and the fence of a Compose project, on a real engine (``make lab-docker``)."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.effects.compose import Engine
from fraisier.effects.reaping import own_program

LAB = os.environ.get("FRAISIER_LAB_DOCKER")
pytestmark = pytest.mark.skipif(LAB is None, reason="needs the engine of `make lab-docker`")
NAME = ["version", "--format", "{{.Server.Version}}"]


@pytest.fixture
def engine() -> Engine:
    """The lab's."""
    return Engine(json.loads(Path(str(LAB)).read_text())["docker_host"])


@pytest.fixture
def scope(engine: Engine) -> Iterator[str]:
    """The id of an environment; its containers are gone afterwards."""
    name = f"scope-{os.getpid()}-{time.monotonic_ns()}"
    yield name
    ids = engine.ask("ps", "--all", "--quiet", "--filter", f"label=fraisier.scope={name}").stdout
    if ids:
        engine.ask("rm", "--force", *ids.split())


def _container(engine: Engine, scope: str, token: int) -> None:
    image = json.loads(Path(str(LAB)).read_text())["image"]
    labels = [f"--label=fraisier.scope={scope}", f"--label=fraisier.fence={token}"]
    engine.ask("create", *labels, image, "/bin/true")


def test_turn__newest_token__acts_and_is_remembered(
    engine: Engine, scope: str, tmp_path: Path
) -> None:
    """The same token may act again: a worker does several things."""
    for _ in range(2):
        assert engine.turn(tmp_path, (scope, 5), NAME, 10).ok
    assert json.loads((tmp_path / "fence.json").read_text()) == {"scope": scope, "token": 5}


def test_turn__token_lower_than_remembered__is_refused(
    engine: Engine, scope: str, tmp_path: Path
) -> None:
    """A worker that was frozen comes late to its own machine."""
    assert engine.turn(tmp_path, (scope, 6), NAME, 10).ok
    with pytest.raises(FraisierError) as caught:
        engine.turn(tmp_path, (scope, 5), NAME, 10)
    assert caught.value.code == "lease-lost"


def test_turn__token_lower_than_a_containers__is_refused(
    engine: Engine, scope: str, tmp_path: Path
) -> None:
    """A worker on another machine has been at the engine: only the labels tell."""
    _container(engine, scope, 7)
    with pytest.raises(FraisierError) as caught:
        engine.turn(tmp_path, (scope, 6), NAME, 10)
    assert caught.value.code == "lease-lost"
    assert engine.turn(tmp_path, (scope, 7), NAME, 10).ok


def test_turn__containers_of_another_environment__do_not_matter(
    engine: Engine, scope: str, tmp_path: Path
) -> None:
    """Tokens are compared within one environment."""
    _container(engine, scope, 9)
    assert engine.turn(tmp_path, ("another-environment", 1), NAME, 10).ok


def test_turn__somebody_holds_the_project__is_told_in_time(
    engine: Engine, scope: str, tmp_path: Path
) -> None:
    """The lock belongs to the command that runs, and is free when that has ended."""
    folder = str(tmp_path)
    held = subprocess.Popen(
        own_program("compose_turn", folder, "", "", "5", "sleep", "600"), stdin=subprocess.DEVNULL
    )
    try:
        while Path(f"/proc/{held.pid}/cmdline").read_bytes() != b"sleep\x00600\x00":
            time.sleep(0.01)
        with pytest.raises(FraisierError, match="another command holds the project") as caught:
            engine.turn(tmp_path, (scope, 5), NAME, 0.2)
        assert caught.value.code == "provider-failed"
    finally:
        held.kill()
        held.wait()
    assert engine.turn(tmp_path, (scope, 5), NAME, 10).ok


def test_turn__engine_does_not_answer__is_unreachable(tmp_path: Path) -> None:
    """Nothing is done that could not be compared first."""
    nobody = Engine("unix:///nobody/docker.sock")
    with pytest.raises(FraisierError, match="does not answer") as caught:
        nobody.turn(tmp_path, ("scope", 5), NAME, 10)
    assert caught.value.code == "host-unreachable"
    assert not (tmp_path / "fence.json").exists()
