"""
Side effects, defined as queries: what differs between two moments of the database.

The reader is DuckDB, attached read-only, so that no code of an implementation, no
dialect and no driver of the suite itself stands between the verdict and the rows.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conform.databases import Scratch
from conform.verdicts import HarnessError

if TYPE_CHECKING:
    import duckdb

SCANNERS = {"sqlite": "sqlite", "postgresql": "postgres"}
# Every call leaves a row here, refused or not; workers say at any time that they live.
UNCOUNTED = frozenset({"tb_command", "tb_worker"})


@dataclass(frozen=True, slots=True)
class Effect:
    """How many rows of a table came, changed and went."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def rows(self) -> int:
        """All of them."""
        return self.added + self.changed + self.removed


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every row of every table, as a fingerprint by its primary key."""

    tables: Mapping[str, Mapping[int, str]]

    def since(self, earlier: Snapshot) -> dict[str, Effect]:
        """The tables that differ; what is not named did not change."""
        found: dict[str, Effect] = {}
        for table in self.tables.keys() | earlier.tables.keys():
            effect = _effect(earlier.tables.get(table, {}), self.tables.get(table, {}))
            if effect.rows:
                found[table] = effect
        return found


def _effect(before: Mapping[int, str], after: Mapping[int, str]) -> Effect:
    kinds: Counter[str] = Counter()
    for key in before.keys() | after.keys():
        if key not in before:
            kinds["added"] += 1
        elif key not in after:
            kinds["removed"] += 1
        elif before[key] != after[key]:
            kinds["changed"] += 1
    return Effect(**kinds)


def snapshot(scratch: Scratch) -> Snapshot:
    """
    Read every ``tb_*`` table.

    Raises:
        HarnessError: DuckDB or its scanner for the dialect is not installed.
    """
    connection = _reader(scratch.dialect)
    with scratch.kind.attach(scratch.url) as statement:
        connection.execute(statement)
        try:
            return _read(connection)
        finally:
            connection.execute("DETACH subject")


def _read(connection: duckdb.DuckDBPyConnection) -> Snapshot:
    names = _tables(connection)
    query = " UNION ALL ".join(_fingerprints(name) for name in names)
    found: dict[str, dict[int, str]] = {name: {} for name in names}
    for table, key, fingerprint in connection.execute(query).fetchall():
        found[table][key] = fingerprint
    return Snapshot(found)


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    listed = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'subject' "
        "AND starts_with(table_name, 'tb_') AND table_name <> 'tb_schema_version' "
        "ORDER BY table_name"
    ).fetchall()
    return [name for (name,) in listed]


def _fingerprints(table: str) -> str:
    key = f"pk_{table.removeprefix('tb_')}"
    return f"SELECT '{table}', t.{key}, md5(CAST(t AS VARCHAR)) FROM subject.{table} t"


@cache
def _reader(dialect: str) -> duckdb.DuckDBPyConnection:
    """A DuckDB, one a process, with its scanner from the installed package, not a network."""
    import duckdb

    connection = duckdb.connect(config=_settings())
    try:
        connection.execute(f"LOAD '{_scanner(SCANNERS[dialect])}'")
    except duckdb.Error as reason:
        connection.close()
        raise HarnessError(f"DuckDB cannot load its scanner for {dialect}: {reason}") from reason
    return connection


def _settings() -> dict[str, Any]:
    return {"autoinstall_known_extensions": False, "threads": 1}


def _scanner(name: str) -> Path:
    package = f"duckdb_extension_{name}_scanner"
    spec = importlib.util.find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        for path in Path(folder).rglob("*.duckdb_extension"):
            return path
    raise HarnessError(f"package {package.replace('_', '-')} is not installed")
