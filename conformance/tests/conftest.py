"""A checkout in miniature for each test of the suite."""

from __future__ import annotations

from pathlib import Path

import pytest
from conform.miniature import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout without scenarios."""
    return Checkout(tmp_path.resolve())
