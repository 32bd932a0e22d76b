"""A checkout in miniature for each test of the suite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conform.databases import Scratch, installed
from conform.miniature import ROOT, Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout without scenarios."""
    return Checkout(tmp_path.resolve())


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Scratch]:
    """An installed SQLite database."""
    found = installed("sqlite", str(tmp_path), ROOT)
    yield found
    found.drop()
