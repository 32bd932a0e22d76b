"""A database that an implementation works on meanwhile: what is done in it stays done."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from conform.databases import Scratch
from conform.dialects.base import Row, decoded
from conform.differential.contents import TABLES
from conform.differential.sql import TYPES, AbortedError, Types

# What a server has read when it started, and would not write again.
KEPT = ("tb_fraise", "tb_environment", "tb_ref_rule", "tb_registry", "tb_notification_channel")
STATES = """
INSERT INTO tb_fraise_state (fk_environment, fraise, environment)
SELECT e.pk_environment, f.name, e.name FROM tb_environment e
  JOIN tb_fraise f ON f.pk_fraise = e.fk_fraise ORDER BY e.pk_environment;
"""
OFF = {
    "sqlite": "PRAGMA foreign_keys = OFF",
    "postgresql": "SET session_replication_role = replica",
}
ON = {"sqlite": "PRAGMA foreign_keys = ON", "postgresql": "SET session_replication_role = DEFAULT"}


class OverScratch:
    """The calls of workers, and what the rows are, over a database of the suite."""

    def __init__(self, scratch: Scratch) -> None:
        self.name = scratch.dialect
        self._scratch = scratch

    def begin(self) -> None:
        """All rows are gone but the registry's."""
        gone = [name for name in ("tb_command", *TABLES) if name not in KEPT]
        self._scratch.execute(OFF[self.name])
        self._scratch.script("".join(f"DELETE FROM {name};\n" for name in gone) + STATES)
        self._scratch.execute(ON[self.name])

    def call(self, function: str, arguments: Mapping[str, Any]) -> Row:
        """Call a function. Raises AbortedError."""
        given = dict(arguments)
        try:
            return self._scratch.call(function, given.pop("command_id"), **given)
        except (psycopg.Error, sqlite3.Error) as reason:
            raise AbortedError(str(reason)) from reason

    def rows(self, sql: str) -> list[Row]:
        """As the suite reads SQLite's: text that is JSON is what it says."""
        found = self._scratch.rows(sql)
        return [{key: decoded(value) for key, value in row.items()} for row in found]

    def all_rows(self, queries: Sequence[str]) -> list[list[Row]]:
        """One after another."""
        return [self.rows(each) for each in queries]

    def types(self) -> Types:
        """The types of the columns; PostgreSQL knows them."""
        found: dict[str, dict[str, str]] = {}
        for row in self.rows(TYPES):
            found.setdefault(row["table_name"], {})[row["column_name"]] = row["data_type"]
        return found
