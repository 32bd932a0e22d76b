"""
A real browser for tests of the dashboard.

    python -m fraisier_lab.browser run [--or-skip] -- COMMAND [ARGUMENT...]

The command runs with ``FRAISIER_LAB_BROWSER`` naming a JSON file:

    executable  Chromium, installed with apt-get where it is absent and this is root
    axe         the script of the accessibility audit axe-core, pinned by its content

The browser itself is started by whoever needs it, headless and with a profile of its own.
GraphiQL is fetched, too: it is one of the pages.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fraisier_lab.private_network import CannotStartError, run_command_line, say

VARIABLE = "FRAISIER_LAB_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FETCHED = {
    "impl/dashboard/graphiql/packages.json": "impl/dashboard/graphiql/vendor",
    "conformance/browser/packages.json": ".cache/browser",
}


def run_with_browser(command: list[str], checkout: Path) -> int:
    """
    Run the command where a browser can be started, and return its exit status.

    Raises:
        CannotStartError: There is no browser, no driver, or what npm brings is missing.
    """
    if importlib.util.find_spec("playwright") is None:
        raise CannotStartError("browser: the package playwright is not installed")
    executable = _chromium()
    _fetch(checkout)
    axe = checkout / ".cache" / "browser" / "axe.js"
    with tempfile.TemporaryDirectory(prefix="frbrowser-") as folder:
        description = Path(folder) / "lab.json"
        description.write_text(json.dumps({"executable": executable, "axe": str(axe)}))
        environment = {**os.environ, VARIABLE: str(description)}
        return subprocess.run(command, env=environment, check=False).returncode


def _chromium() -> str:
    found = _installed()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        say("browser: installing chromium")
        for each in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(
                ["apt-get", "-qq", *each],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdout=subprocess.DEVNULL,
                check=False,
            )
        found = _installed()
    if found is None:
        raise CannotStartError("browser: chromium is not installed (apt-get install chromium)")
    return found


def _installed() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _fetch(checkout: Path) -> None:
    for listed, folder in FETCHED.items():
        command = [sys.executable, "tools/npm_files.py", listed, folder]
        done = subprocess.run(command, cwd=checkout, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise CannotStartError(f"browser: {done.stderr.strip()}")


def main(arguments: list[str]) -> int:
    """The exit status for a command line (``private_network.run_command_line``)."""
    checkout = Path(__file__).resolve().parents[2]
    return run_command_line("browser", arguments, lambda words: run_with_browser(words, checkout))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
