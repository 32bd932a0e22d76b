"""The store of runs: one DuckDB file, filled from the NDJSON of runs and made again from it."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conform.report.source import Account
from conform.verdicts import SetupError

if TYPE_CHECKING:
    import duckdb

TABLES = """
CREATE TABLE IF NOT EXISTS run (
    id VARCHAR PRIMARY KEY, started_at VARCHAR, "commit" VARCHAR, suite VARCHAR,
    exit_status INTEGER, problems VARCHAR[]);
CREATE TABLE IF NOT EXISTS version (run VARCHAR, implementation VARCHAR, version VARCHAR);
CREATE TABLE IF NOT EXISTS result (
    run VARCHAR, implementation VARCHAR, "database" VARCHAR, file VARCHAR, line INTEGER,
    scenario VARCHAR, requirements VARCHAR[], verdict VARCHAR, message VARCHAR, repro VARCHAR,
    duration_seconds DOUBLE, processor_seconds DOUBLE);
"""
RUN = "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?)"
VERSION = "INSERT INTO version VALUES (?, ?, ?)"
# One JSON document for all rows: a row at a time takes a hundred times as long.
RESULT = """
INSERT INTO result SELECT r.* FROM (SELECT unnest(from_json(?, '[{
    "run": "VARCHAR", "implementation": "VARCHAR", "database": "VARCHAR", "file": "VARCHAR",
    "line": "INTEGER", "scenario": "VARCHAR", "requirements": ["VARCHAR"],
    "verdict": "VARCHAR", "message": "VARCHAR", "repro": "VARCHAR",
    "duration_seconds": "DOUBLE", "processor_seconds": "DOUBLE"}]')) AS r)
"""
KEPT = """
SELECT id, started_at, "commit", exit_status,
    (SELECT count(*) FROM result WHERE result.run = run.id) AS results,
    (SELECT list(DISTINCT implementation || ' on ' || "database" ORDER BY 1) FROM result
     WHERE result.run = run.id) AS columns
FROM run ORDER BY started_at, id
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A run in the store."""

    id: str
    started_at: str
    commit: str
    exit_status: int | None
    results: int
    columns: tuple[str, ...]


class Store:
    """An open store."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def add(self, account: Account) -> bool:
        """
        Keep a run; False when it is kept already.

        Raises:
            SetupError: The record has no id, so it is no whole run.
        """
        identity = account.header.get("id")
        if not identity:
            raise SetupError("the record does not begin with that of a run")
        if self._known(identity):
            return False
        self.connection.begin()
        self.connection.execute(RUN, _run(account))
        versions: dict[str, str] = account.header.get("versions") or {}
        for name, version in versions.items():
            self.connection.execute(VERSION, [identity, name, version])
        rows = [_row(identity, each) for each in account.results]
        self.connection.execute(RESULT, [json.dumps(rows)])
        self.connection.commit()
        return True

    def kept(self) -> list[Kept]:
        """The runs, oldest first."""
        rows = self.connection.execute(KEPT).fetchall()
        return [Kept(*row[:5], columns=tuple(row[5] or ())) for row in rows]

    def named(self, name: str) -> str:
        """
        The id of the run that a name means: ``last``, ``previous``, or how an id or commit begins.

        Raises:
            SetupError: There is none.
        """
        kept = self.kept()
        places = {"last": -1, "previous": -2}
        if name in places and len(kept) >= -places[name]:
            return kept[places[name]].id
        starts = [each.id for each in kept if each.id.startswith(name)]
        starts = starts or [each.id for each in kept if (each.commit or "").startswith(name)]
        if not starts:
            raise SetupError(f'no run of the store is called "{name}": see conform store list')
        return starts[-1]

    def results(self, run: str) -> Iterator[dict[str, Any]]:
        """The results of a run, as its NDJSON had them."""
        found = self.connection.execute(
            'SELECT implementation, "database", file, line, scenario, requirements, verdict, '
            "message, repro FROM result WHERE run = ?",
            [run],
        )
        names = [each[0] for each in found.description or ()]
        for row in found.fetchall():
            record = dict(zip(names, row, strict=True))
            yield {**record, "case": f"{record['file']}:{record['line']}"}

    def _known(self, identity: str) -> bool:
        found = self.connection.execute("SELECT 1 FROM run WHERE id = ?", [identity])
        return found.fetchone() is not None


@contextmanager
def opened(path: Path, *, new: bool = False) -> Generator[Store]:
    """
    The store in a file; with ``new`` it is made when there is none.

    Raises:
        SetupError: There is none, it is something else, or another process writes to it.
    """
    import duckdb

    if not new and not path.exists():
        raise SetupError(f"{path}: there is no store; conform store add makes it from run.ndjson")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(str(path), read_only=not new)
        if new:
            connection.execute(TABLES)
    except duckdb.Error as reason:
        raise SetupError(f"{path}: {' '.join(str(reason).split())}") from reason
    try:
        yield Store(connection)
    finally:
        connection.close()


def _run(account: Account) -> Sequence[Any]:
    header = account.header
    return [
        header["id"],
        header.get("started_at"),
        header.get("commit"),
        header.get("suite"),
        account.footer.get("exit"),
        account.problems,
    ]


def _row(run: str, result: dict[str, Any]) -> dict[str, Any]:
    file, _, line = result["case"].rpartition(":")
    return {**result, "run": run, "file": file, "line": int(line)}
