"""The file beside a release folder that says what the release is, and that it is finished."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fraisier.domain.errors import FraisierError
from fraisier.effects.files import read_json


def marker_of(folder: Path) -> Path:
    """Where it is: version, commit, deployment, and the provider's snapshot, as JSON."""
    return folder.with_name(f"{folder.name}.json")


def read_marker(folder: Path) -> dict[str, Any] | None:
    """What it says; ``None`` as long as the release is not finished."""
    return read_json(marker_of(folder))


def finished(folder: Path) -> dict[str, Any]:
    """
    What the marker of a release says that must be there.

    Raises:
        FraisierError: ``provider-failed``: it is not, or its files are not.
    """
    marker = read_marker(folder)
    if marker is None or not folder.is_dir():
        raise FraisierError(f"the release {folder.name} is not there", code="provider-failed")
    return marker
