"""What the tests of the SQLite dialect share: open, install, call."""

from __future__ import annotations

import json
import re
import sqlite3
import uuid
from pathlib import Path
from typing import Any

DB = Path(__file__).parents[1]
HOME = DB / "sqlite"
REGISTRY: dict[str, Any] = {
    "fraises": [
        {
            "name": "shop",
            "type": "api",
            "repository_key": "forge.example/team/shop",
            "environments": [
                {"name": "production", "provider": "local", "target": {"port": 8000}},
                {"name": "staging", "provider": "local"},
            ],
        },
        {
            "name": "nightly",
            "type": "etl",
            "environments": [{"name": "production", "provider": "local"}],
        },
    ],
    "branch_mapping": [{"branch": "main", "fraise": "shop", "environment": "production"}],
}


def opened(path: Path) -> sqlite3.Connection:
    """A connection as db/README.md asks for it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def objects() -> str:
    """The views and functions, in the order in which they are installed."""
    listed = [HOME / f"{line}.sql" for line in (DB / "objects.txt").read_text().split()]
    internals = sorted((HOME / "functions").glob("fx_*.sql"))
    return "\n".join(path.read_text() for path in [*internals, *listed])


def run(connection: sqlite3.Connection, script: str) -> None:
    """Run a script in one transaction, as an installer does."""
    connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nCOMMIT;")


def migrations() -> list[str]:
    """The migrations in order."""
    return [path.read_text() for path in sorted((HOME / "migrations").glob("*.sql"))]


def call(connection: sqlite3.Connection, function: str, **arguments: Any) -> dict[str, Any]:
    """Call an ``fn_*`` as db/README.md says; JSON columns of the answer are decoded."""
    given = {"command_id": str(uuid.uuid4())} | arguments
    values = [json.dumps(v) if isinstance(v, dict | list) else v for v in given.values()]
    marks = ", ".join("?" for _ in given)
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(f"INSERT INTO {function} ({', '.join(given)}) VALUES ({marks})", values)
        row = connection.execute(
            "SELECT * FROM v_mutation_response WHERE command_id = ?", [given["command_id"]]
        ).fetchone()
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    answer = dict(row)
    for column in ("entity", "updated_fields", "cascade", "error_detail", "metadata"):
        answer[column] = json.loads(answer[column]) if answer[column] else None
    return answer


def tables(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Tables and indexes with their definitions, white space left out."""
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'index')"
    ).fetchall()
    return {(kind, name, re.sub(r"\s+", "", sql or "")) for kind, name, sql in rows}
