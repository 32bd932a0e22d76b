"""The skeleton of a new implementation starts and fails honestly."""

from __future__ import annotations

from pathlib import Path

import pytest
from conform.implementation import load
from conform.miniature import ROOT, Checkout
from conform.skeleton import make
from conform.verdicts import SetupError


def test_init__skeleton__fits_the_schema(tmp_path: Path) -> None:
    """What is made is an implementation that the suite accepts."""
    make(tmp_path / "rust", "Rust")
    found = load(tmp_path / "rust", ROOT)
    assert (found.name, found.language, found.profiles) == ("rust", "Rust", ("cli",))


def test_init__skeleton__fails_its_first_run(checkout: Checkout) -> None:
    """Nothing is green before something is written."""
    make(checkout.folder / "impl" / "rust", "Rust")
    checkout.scenario("cli", "When the command `list` is run\nThen the exit status is 0")
    ran = checkout.conform("--impl", "impl/rust")
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
