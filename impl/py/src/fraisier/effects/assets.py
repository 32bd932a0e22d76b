"""Where the SQL, the compiled schema and the dashboard are: in the checkout or in the wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def _root() -> Path:
    # The checkout first: an editable install leaves a stale packaged copy behind.
    for folder in _PACKAGE.parents:
        if (folder / "db").is_dir() and (folder / "schema" / "compiled").is_dir():
            return folder
    return _PACKAGE / "_assets"


def asset(path: str) -> Path:
    """
    The file or folder ``path`` below ``db/``, ``schema/compiled/`` or ``impl/dashboard``.

    Raises:
        FileNotFoundError: This installation does not carry it.
    """
    found = _root() / path
    if not found.exists():
        raise FileNotFoundError(f"fraisier is installed without {path}")
    return found
