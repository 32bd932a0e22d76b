"""The skeleton of a new implementation starts and fails honestly."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from conform.implementation import load
from conform.miniature import ROOT, Checkout
from conform.skeleton import make
from conform.starters import KNOWN, starter
from conform.verdicts import SetupError


def test_init__skeleton__fits_the_schema(tmp_path: Path) -> None:
    """What is made is an implementation that the suite accepts."""
    make(tmp_path / "cobol", "Cobol")
    found = load(tmp_path / "cobol", ROOT)
    assert (found.name, found.language, found.profiles) == ("cobol", "Cobol", ("config",))


@pytest.mark.parametrize("language", [*sorted(KNOWN), "Cobol", 'Common Lisp: the "language"'])
def test_init__starter__says_its_version_and_that_nothing_is_written(
    tmp_path: Path, language: str
) -> None:
    """In every language for which there is one on this machine, and in any other."""
    folder = tmp_path / "mine"
    make(folder, language)
    manifest = yaml.safe_load((folder / "impl.yaml").read_text())
    assert manifest["language"] == language
    needed = manifest.get("build") or shebang(folder / "fraisier")
    if shutil.which(needed[0]) is None:
        assert starter(language).text.count("not written yet") == 1
        return
    if "build" in manifest:
        subprocess.run(manifest["build"], cwd=folder, check=True, capture_output=True)
    told = subprocess.run(["./fraisier", "--version"], cwd=folder, capture_output=True, text=True)
    assert (told.returncode, told.stdout) == (0, "mine 0.0.0\n")
    told = subprocess.run(["./fraisier", "db", "init"], cwd=folder, capture_output=True, text=True)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "error[internal] not written yet: db init\n"


def shebang(path: Path) -> list[str]:
    """The interpreter of a script."""
    return path.read_text().splitlines()[0].removeprefix("#!").split()[-1:]


def test_init__skeleton__fails_its_first_run(checkout: Checkout) -> None:
    """Nothing is green before something is written."""
    make(checkout.folder / "impl" / "cobol", "Cobol")
    checkout.scenario("config", "When the command `list` is run\nThen the exit status is 0")
    ran = checkout.conform("--impl", "impl/cobol")
    assert ran.exit == 1, ran.output
    assert set(ran.verdicts().values()) == {"fail"}
    assert "not written yet: list" in ran.output


def test_init__folder_in_use__is_left_alone(tmp_path: Path) -> None:
    """Nothing is overwritten."""
    (tmp_path / "rust").mkdir()
    (tmp_path / "rust" / "main.rs").write_text("mine")
    with pytest.raises(SetupError, match="not empty"):
        make(tmp_path / "rust", "Rust")
    assert [each.name for each in (tmp_path / "rust").iterdir()] == ["main.rs"]
