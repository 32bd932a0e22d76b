"""
Copy and check the SQLite databases of fraises. Its own program (``effects.dump`` runs it):

    sqlite_copy copy SOURCE TARGET    an online backup; the target is one whole file
    sqlite_copy check FILE            all its pages, indexes and references

It ends with 1 and one line on stderr when that does not work. Standard library only.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from pathlib import Path

BUSY_SECONDS = 30.0


def main() -> None:
    """Do what the command line says."""
    verb, *paths = sys.argv[1:]
    try:
        {"copy": copy, "check": check}[verb](*map(Path, paths))
    except (sqlite3.Error, ValueError) as error:
        sys.exit(str(error))


def copy(source: Path, target: Path) -> None:
    """Copy the database as it is at one moment, while others write to it."""
    with (
        contextlib.closing(_existing(source)) as origin,
        contextlib.closing(sqlite3.connect(target)) as copied,
    ):
        origin.backup(copied)
        copied.execute("PRAGMA journal_mode=DELETE")  # a log beside the copy would get lost


def check(path: Path) -> None:
    """
    Read the whole file.

    Raises:
        ValueError: The first thing that is wrong.
    """
    with contextlib.closing(_existing(path)) as database:
        (verdict,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise ValueError(str(verdict))


def _existing(path: Path) -> sqlite3.Connection:
    """Never makes a new file: an empty backup would look like a good one."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)


if __name__ == "__main__":
    main()
