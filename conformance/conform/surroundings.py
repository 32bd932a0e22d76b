"""The environment that implementations and their services run in: small and known."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def environment(home: Path) -> dict[str, str]:
    """
    Variables for a child process. Nothing of the user's own settings goes along:
    no git configuration, no FRAISIER_*, no proxies.
    """
    programs = str(Path(sys.executable).parent)
    return {
        "PATH": os.pathsep.join((programs, os.environ.get("PATH", os.defpath))),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": "Conform",
        "GIT_AUTHOR_EMAIL": "conform@localhost",
        "GIT_COMMITTER_NAME": "Conform",
        "GIT_COMMITTER_EMAIL": "conform@localhost",
    }
