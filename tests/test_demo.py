"""``make demo`` and what it tells the reader to try afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FRAISIER = Path(sys.executable).parent / "fraisier"


def demo(folder: Path, *arguments: str) -> str:
    """Output of the demo in a folder of its own."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools/demo.py"), *arguments],
        env=os.environ | {"DEMO_FOLDER": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def played(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A demo that ran; its service is stopped at the end."""
    folder = tmp_path / "demo"
    yield folder, demo(folder)
    demo(folder, "--clean")
    assert not folder.exists()


def test_demo__from_nothing__ends_with_the_second_version_and_its_history(
    played: tuple[Path, str],
) -> None:
    """Both ways in, the command line and the webhook, have deployed."""
    _, said = played
    assert "POST /webhook -> 202" in said
    assert "Hello from the second version" in said
    history = said.split("$ fraisier history")[1].split("$ fraisier webhooks")[0]
    assert history.count("success") == 2


def test_demo__health_broken_afterwards__brings_the_old_release_back(
    played: tuple[Path, str],
) -> None:
    """What the demo tells the reader to try ends as it says."""
    folder, _ = played
    copy = folder / "hello"
    (copy / "health.txt").write_text("broken\n")
    for command in (["commit", "-qam", "hello: break it"], ["push", "-q"]):
        subprocess.run(["git", *command], cwd=copy, check=True)
    command = [str(FRAISIER), "deploy", "hello", "production"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    history = subprocess.run(
        [str(FRAISIER), "history"], cwd=folder, capture_output=True, text=True, check=True
    )
    assert "rolled_back" in history.stdout
    assert "Health check failed" in history.stdout
