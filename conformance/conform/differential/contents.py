"""Everything that a database holds and shows, in an order that is the same everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from conform.dialects.base import Row, decoded
from conform.differential.canonical import TIME, UUID, Canon, as_text

AllRows = Callable[[Sequence[str]], list[list[Row]]]
Types = Mapping[str, Mapping[str, str]]

TABLES = (
    *("tb_registry", "tb_fraise", "tb_environment", "tb_ref_rule"),
    *("tb_webhook_event", "tb_deployment_request", "tb_release", "tb_deployment"),
    *("tb_deployment_step", "tb_release_migration", "tb_lease", "tb_fraise_state", "tb_worker"),
    *("tb_event", "tb_notification_channel", "tb_notification", "tb_reconcile", "tb_seen_ref"),
    "tb_api_token",
)
# Views with data, and what orders their rows; a view that has no such column is sorted here.
VIEWS: Mapping[str, str] = {
    "v_fraise": "",
    "v_environment": "pk_environment",
    "v_fraise_status": "",
    "v_deployment": "pk_deployment",
    "v_deployment_history": "pk_deployment",
    "v_deployment_stats": "",
    "v_deployment_outcome": "",
    "v_deployment_step": "",
    "v_release": "pk_release",
    "v_recent_webhooks": "pk_webhook_event",
    "v_event": "pk_event",
    "v_notification": "pk_notification",
    "v_reconcile": "pk_reconcile",
    "v_worker": "",
    "v_api_token": "pk_api_token",
    "v_token_grant": "",
}
# How a table is kept is each dialect's business where this view is what everybody reads.
COMMANDS = "v_mutation_response"
# A push asks for deployments by command ids of its own; whether their answers are kept is, too.
ASKED = f"SELECT * FROM {COMMANDS} WHERE command_id NOT LIKE '%/%'"
# Rows that are written in one statement have no order among them until somebody reads them.
UNORDERED = frozenset({"tb_ref_rule", "tb_seen_ref"})


def contents(all_rows: AllRows, canon: Canon, types: Types) -> dict[str, Any]:
    """All answers, all tables and all views, canonical."""
    asked = [f"SELECT * FROM {table} ORDER BY 1" for table in TABLES]
    found = all_rows([*asked, *(_query(view) for view in VIEWS), ASKED])
    names = [*TABLES, *VIEWS, COMMANDS]
    return {name: _of(rows, name, canon, types) for name, rows in zip(names, found, strict=True)}


def show(all_rows: AllRows, view: str, canon: Canon, types: Types) -> list[Any]:
    """The rows of a view, canonical."""
    return _of(all_rows([_query(view)])[0], view, canon, types)


def _query(view: str) -> str:
    order = VIEWS.get(view)
    return f"SELECT * FROM {view}" + (f" ORDER BY {order}" if order else "")


def _of(found: list[Row], name: str, canon: Canon, types: Types) -> list[Any]:
    kinds = types.get(name, {})
    typed = [{key: _typed(row[key], kinds.get(key, "")) for key in row} for row in found]
    if name in UNORDERED:
        typed = [dict(list(row.items())[2:]) for row in typed]  # without the key and the id
    if name not in UNORDERED and (name in TABLES or VIEWS.get(name)):
        return [canon.of(row) for row in typed]
    # Rows that bring ids of their own come in an order that has nothing to do with them.
    return sorted((canon.of(row) for row in sorted(typed, key=_settled)), key=as_text)


def _settled(row: Row) -> str:
    """What orders rows without an order: all of it that is neither id nor time."""
    return UUID.sub("", TIME.sub("", as_text(row)))


def _typed(value: Any, kind: str) -> Any:
    """SQLite keeps truth as a number and JSON as text."""
    if kind == "boolean" and value is not None:
        return bool(value)
    return decoded(value) if kind in ("jsonb", "ARRAY") else value


def answered(row: Row, types: Types) -> Row:
    """An answer with true and false, and with JSON as what it says."""
    kinds = types["v_mutation_response"]
    return {key: _typed(value, kinds.get(key, "")) for key, value in row.items()}
