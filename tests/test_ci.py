"""What CI runs, in which order, and what it says when there is no time for all of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LABS = ["lab-docker", "lab-browser", "lab-systemd", "lab-postgresql"]
PARTS = [
    "setup",
    "verify",
    "lint",
    "types",
    "conformance",
    "test",
    "model",
    "differential",
    "conformance ARGS=--thorough",
    "soak ARGS=--kills 40 --seconds 180",
]


class Ci:
    """A checkout with nothing but ``.ci/run`` in it, where ``make`` only writes down its words."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / ".ci").mkdir()
        shutil.copy(ROOT / ".ci" / "run", folder / ".ci" / "run")
        make = folder / "bin" / "make"
        make.parent.mkdir()
        make.write_text(
            f'#!/bin/sh\necho "$*" >> {folder}/made\n'
            f'echo "$1 $CONFORM_PATIENCE" >> {folder}/patience\n[ "$1" != "$BREAKS" ] || exit 7\n'
        )
        make.chmod(0o755)

    def run(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        paths = f"{self.folder / 'bin'}:/usr/local/bin:/usr/bin:/bin"
        return subprocess.run(
            ["bash", ".ci/run"],
            cwd=self.folder,
            env={"PATH": paths, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def made(self) -> list[str]:
        """The words of each ``make``, in order."""
        return (self.folder / "made").read_text().splitlines()

    def patience(self) -> list[str]:
        """Each target with what its deadlines are multiplied by."""
        return (self.folder / "patience").read_text().splitlines()


@pytest.fixture
def ci(tmp_path: Path) -> Ci:
    """One that has not run yet."""
    return Ci(tmp_path)


def test_ci__all_goes_well__is_everything_with_its_durations(ci: Ci) -> None:
    """The quickest verdict first, the labs last."""
    done = ci.run()
    assert done.returncode == 0, done.stderr
    assert ci.made() == PARTS + [f"{lab} LAB_OPTIONS=--or-skip" for lab in LABS]
    patient = [line.split()[0] for line in ci.patience() if line.endswith(" 3")]
    assert patient == ["conformance", "conformance", "soak", *LABS]
    told = [line for line in done.stdout.splitlines() if line.startswith("ci: make ")]
    assert len(told) == len(PARTS) + len(LABS)
    assert all(", load " in line for line in told)


def test_ci__no_time_is_left__leaves_out_labs_and_says_so(ci: Ci) -> None:
    """Labs only, and one line for each."""
    done = ci.run(CI_MINUTES="1")
    assert done.returncode == 0, done.stderr
    assert ci.made() == PARTS
    for lab in LABS:
        assert f"ci: make {lab}: LEFT OUT for want of time" in done.stdout


def test_ci__part_fails__is_named_and_ends_the_run(ci: Ci) -> None:
    """What comes after it is not tried."""
    done = ci.run(BREAKS="types")
    assert done.returncode == 7
    assert ci.made() == ["setup", "verify", "lint", "types"]
    assert "ci: make types: failed" in done.stdout
