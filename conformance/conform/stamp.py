"""When something was found out, and about which commit."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path


def stamp(checkout: Path) -> dict[str, str]:
    """Date and commit, with a plus sign when files of the checkout differ from it."""
    changed = "+" if _git(checkout, "status", "--porcelain", "--untracked-files=no") else ""
    commit = _git(checkout, "rev-parse", "--short", "HEAD") or "unknown"
    return {"date": datetime.now(UTC).date().isoformat(), "commit": f"{commit}{changed}"}


def _git(checkout: Path, *words: str) -> str:
    command = ["git", *words]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    return done.stdout.strip()
