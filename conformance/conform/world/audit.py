"""The public audit of GraphQL over HTTP: the package ``graphql-http``, run by Node."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from conform.places import resources
from conform.verdicts import HarnessError

FOLDER = resources().parent / "audit"
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One question of the audit; ``status`` is ok, notice, warn or error."""

    id: str
    name: str
    status: str
    reason: str | None = None


def there() -> bool:
    """Whether Node is here and ``make payloads`` has fetched the audit."""
    return bool(shutil.which("node")) and (FOLDER / "node_modules/graphql-http").is_dir()


def audit(url: str, folder: Path | None = None) -> list[Finding]:
    """
    Ask the endpoint at ``url`` every question of the audit.

    Raises:
        HarnessError: Node or the package failed.
    """
    done = subprocess.run(
        ["node", "audit.js", url],
        cwd=folder or FOLDER,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise HarnessError(f"audit.js: {done.stderr[-2000:]}")
    return [Finding(**json.loads(line)) for line in done.stdout.splitlines()]
