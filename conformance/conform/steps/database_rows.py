"""Every row of every table, and which of them a call has written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from conform.databases import Scratch
from conform.steps.database_values import plain

TABLES = (
    "tb_fraise",
    "tb_environment",
    "tb_ref_rule",
    "tb_registry",
    "tb_webhook_event",
    "tb_deployment_request",
    "tb_release",
    "tb_deployment",
    "tb_deployment_step",
    "tb_release_migration",
    "tb_lease",
    "tb_fraise_state",
    "tb_worker",
    "tb_notification_channel",
    "tb_notification",
    "tb_reconcile",
    "tb_seen_ref",
    "tb_event",
    "tb_command",
)

Row = Mapping[str, Any]
Key = tuple[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One row that a call has added, changed or removed."""

    kind: str
    row: str
    columns: tuple[str, ...] = ()


class Rows:
    """A picture of all tables at one moment."""

    def __init__(self, rows: Mapping[Key, Row]) -> None:
        self.rows = rows

    @classmethod
    def of(cls, scratch: Scratch) -> Rows:
        """The rows that are committed in ``scratch`` now."""
        lines = scratch.rows(_query(scratch))
        return cls({(line["name"], line["pk"]): _row(line["content"]) for line in lines})

    def of_table(self, table: str) -> list[Row]:
        """The rows of one table, oldest first."""
        return [row for (name, _), row in sorted(self.rows.items()) if name == table]

    def labelled(self, table: str, label: str, names: Mapping[str, str]) -> Row:
        """The one row of ``table`` that a scenario calls ``label``."""
        found = [row for row in self.of_table(table) if self._label(table, row, names) == label]
        assert len(found) == 1, f"{table} has {len(found)} rows called {label!r}"
        return found[0]

    def changes_since(self, before: Rows, names: Mapping[str, str]) -> list[Change]:
        """
        What is different from ``before``, in a settled order. New commands are left
        out, every call writes its own; an old one must stay as it is like all else.
        """
        changes: list[Change] = []
        for key in before.rows.keys() | self.rows.keys():
            if key[0] != "tb_command" or key in before.rows:
                changes += self._change(key, before, names)
        return sorted(changes)

    def _change(self, key: Key, before: Rows, names: Mapping[str, str]) -> list[Change]:
        old, new = before.rows.get(key), self.rows.get(key)
        if old == new:
            return []
        holder = self if new is not None else before
        row = f"{key[0]} {holder._label(key[0], holder.rows[key], names)}".strip()
        if old is None or new is None:
            return [Change("added" if old is None else "removed", row)]
        columns = sorted(column for column in new if new[column] != old[column])
        return [Change("changed", row, tuple(columns))]

    def _place(self, environment: Any) -> str:
        row = self.rows["tb_environment", environment]
        return f"{self.rows['tb_fraise', row['fk_fraise']]['name']}/{row['name']}"

    def _fraise(self, row: Row) -> str:
        return str(self.rows["tb_fraise", row["fk_fraise"]]["name"])

    def _deployment(self, key: Any, names: Mapping[str, str]) -> str:
        identity = self.rows["tb_deployment", key]["id"]
        return next((name for name, known in names.items() if known == identity), "?")

    def _label(self, table: str, row: Row, names: Mapping[str, str]) -> str:
        match table:
            case "tb_deployment":
                return self._deployment(row["pk_deployment"], names)
            case "tb_deployment_request":
                return self._label_of_request(row, names)
            case "tb_deployment_step":
                deployment = self._deployment(row["fk_deployment"], names)
                return f"{deployment}/{row['step']}/{row['attempt']}"
            case "tb_release_migration":
                deployment = self._deployment(row["fk_deployment"], names)
                return f"{deployment}/{row['migration_head']}"
            case "tb_notification":
                return self._label_of_notification(row, names)
            case _:
                return self._label_in_registry(table, row)

    def _label_in_registry(self, table: str, row: Row) -> str:
        match table:
            case "tb_environment":
                return self._place(row["pk_environment"])
            case "tb_ref_rule":
                return f"{row['ref_type']}:{row['name']} {self._place(row['fk_environment'])}"
            case "tb_release":
                return f"{row['version']} {self._place(row['fk_environment'])}"
            case "tb_lease" | "tb_fraise_state":
                return self._place(row["fk_environment"])
            case "tb_reconcile":
                return self._fraise(row)
            case "tb_seen_ref":
                reconcile = self.rows["tb_reconcile", row["fk_reconcile"]]
                return f"{self._fraise(reconcile)}:{row['ref_type']}:{row['name']}"
            case _:
                return str(row.get(_NATURAL.get(table, ""), ""))

    def _label_of_notification(self, row: Row, names: Mapping[str, str]) -> str:
        channel = self.rows["tb_notification_channel", row["fk_channel"]]["name"]
        return f"{self._deployment(row['fk_deployment'], names)}/{row['kind']}/{channel}"

    def _label_of_request(self, row: Row, names: Mapping[str, str]) -> str:
        for deployment in self.of_table("tb_deployment"):
            if deployment["fk_request"] == row["pk_deployment_request"]:
                return self._deployment(deployment["pk_deployment"], names)
        return "?"


_NATURAL = {
    "tb_fraise": "name",
    "tb_notification_channel": "name",
    "tb_webhook_event": "delivery_id",
    "tb_worker": "worker",
    "tb_event": "event_type",
    "tb_command": "command_id",
}


# The content begins with a space, so that no driver takes it for JSON: most rows of a picture
# are those of the one before, and need not be read again.
_PART = "SELECT '{table}' AS name, pk_{noun} AS pk, ' ' || {content} AS content FROM {table}"


@lru_cache(maxsize=4096)
def _row(content: str) -> Row:
    return {column: plain(value) for column, value in json.loads(content).items()}


def _query(scratch: Scratch) -> str:
    if scratch.dialect == "postgresql":
        return _union([f"CAST(to_jsonb({table}) AS text)" for table in TABLES])
    found = scratch.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    definitions = {row["name"]: row["sql"] for row in found}
    return _sqlite_query(scratch, tuple(definitions[table] for table in TABLES))


def _union(contents: Sequence[str]) -> str:
    return " UNION ALL ".join(
        _PART.format(table=table, noun=table[3:], content=content)
        for table, content in zip(TABLES, contents, strict=True)
    )


_SQLITE_QUERIES: dict[tuple[str, ...], str] = {}  # by the definitions of the tables


def _sqlite_query(scratch: Scratch, definitions: tuple[str, ...]) -> str:
    if definitions not in _SQLITE_QUERIES:
        _SQLITE_QUERIES[definitions] = _union([_object(scratch, table) for table in TABLES])
    return _SQLITE_QUERIES[definitions]


def _object(scratch: Scratch, table: str) -> str:
    names = [row["name"] for row in scratch.rows(f"SELECT name FROM pragma_table_info('{table}')")]
    pairs = ", ".join(f"'{name}', \"{name}\"" for name in names)
    return f"json_object({pairs})"
