"""Steps about backups of databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from pytest_bdd import given, then, when

from conform.steps.deploy import Deploying
from conform.steps.deploy_hooks import configure
from conform.steps.deploy_sentences import sentence
from conform.steps.jobs import commit_script, no_service, noted

AFTER = '#!/bin/sh\nbasename "$FRAISIER_BACKUP_FILE" >> {notes}\n'


def _database(deploying: Deploying) -> Path:
    return deploying.subject.workspace.folder / "shop.db"


def _kept(deploying: Deploying) -> list[Path]:
    folder = deploying.subject.workspace.folder / "kept"
    return sorted(folder.iterdir()) if folder.is_dir() else []


@given(sentence('backups "{fraise}" of a database with {rows:d} rows, of which {count:d} are kept'))
def backups(deploying: Deploying, fraise: str, rows: int, count: int) -> None:
    """A fraise of type backup over a real SQLite database in WAL mode."""
    with closing(sqlite3.connect(_database(deploying))) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY)")
        database.executemany("INSERT INTO orders VALUES (?)", [(n,) for n in range(rows)])
        database.commit()
    no_service(
        deploying,
        fraise,
        "backup",
        database={"type": "sqlite", "path": "shop.db"},
        destination="kept",
        retention={"count": count},
        restore_check=True,
    )


@given(sentence('the backups of "{fraise}" are brought elsewhere'))
def synchronised(deploying: Deploying, fraise: str) -> None:
    """A script that runs after each one."""
    configure(deploying, fraise, script="./after.sh")
    commit_script(deploying, "after.sh", AFTER)


@when("the database is damaged")
def damaged(deploying: Deploying) -> None:
    """What is left is no database."""
    for name in ("shop.db-wal", "shop.db-shm"):
        _database(deploying).with_name(name).unlink(missing_ok=True)
    _database(deploying).write_bytes(b"SQLite format 3\0" + b"\xff" * 8_176)


@then(sentence("there are {count:d} backups with {rows:d} rows each"))
def backups_are_whole(deploying: Deploying, count: int, rows: int) -> None:
    """Each is one file that is a database by itself, and nothing else lies there."""
    files = _kept(deploying)
    assert len(files) == count, files
    for file in files:
        with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as database:
            assert database.execute("SELECT count(*) FROM orders").fetchone() == (rows,)


@then("the newest backups are those that are left")
def newest_are_left(deploying: Deploying) -> None:
    """The last ones that the script was told of."""
    left = [file.name for file in _kept(deploying)]
    assert noted(deploying)[-len(left) :] == left
    assert len(noted(deploying)) > len(left), "nothing was ever removed"
