"""A database of 10,000 deployments, made by the functions that make every deployment."""

from __future__ import annotations

import sqlite3
import subprocess
import uuid
from pathlib import Path

FRAISES = 10
ENVIRONMENTS = 5

ENVIRONMENT = """\
      env_{number}:
        target: {{provider: local, command: [sleep, "1"], port: {port}}}
"""
HEADER = """\
git:
  provider: github
  github: {webhook_secret: a-secret-of-the-bench}
server: {open: true}
fraises:
"""


def write_config(path: Path) -> None:
    """A registry of 10 fraises with 5 environments each."""
    lines = [HEADER]
    for fraise in range(FRAISES):
        lines.append(f"  fraise_{fraise}:\n    type: api\n    environments:\n")
        lines += [
            ENVIRONMENT.format(number=number, port=20_000 + fraise * ENVIRONMENTS + number)
            for number in range(ENVIRONMENTS)
        ]
    path.write_text("".join(lines), encoding="utf-8")


def install(command: list[str], environment: dict[str, str]) -> None:
    """
    Install the database with the implementation's own command.

    Raises:
        subprocess.CalledProcessError: It failed; its output was shown.
    """
    subprocess.run([*command, "db", "init"], env=environment, check=True, stdout=subprocess.DEVNULL)


def fill(database: Path, deployments: int) -> None:
    """Ask for deployments of every environment in turn; each supersedes the one before."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("BEGIN IMMEDIATE")
    for number in range(deployments):
        target = (f"fraise_{number % FRAISES}", f"env_{number // FRAISES % ENVIRONMENTS}")
        connection.execute(
            "INSERT INTO fn_request_deployment (command_id, fraise, environment) VALUES (?, ?, ?)",
            (str(uuid.uuid4()), *target),
        )
    connection.execute("COMMIT")
    connection.close()
