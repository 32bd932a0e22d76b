"""Find programs: those installed together with Fraisier, else those on the PATH."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from fraisier.domain.errors import FraisierError


def find_tool(name: str) -> str | None:
    """The path of a program: beside the Python that runs Fraisier, else on the PATH."""
    beside = Path(sys.executable).parent / name
    if beside.is_file() and os.access(beside, os.X_OK):
        return str(beside)
    return shutil.which(name)


def tool(name: str, hint: str) -> str:
    """
    The path of a program that is needed.

    Raises:
        FraisierError: ``tool-missing`` with the hint.
    """
    found = find_tool(name)
    if found is None:
        raise FraisierError(f"{name} is not installed", code="tool-missing", hint=hint)
    return found
