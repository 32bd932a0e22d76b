"""The SQLite dialect: installing, migrating, calling, and the plans of its queries."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .sqlite_calls import DB, HOME, REGISTRY, call, objects, opened, run, tables

FUNCTIONS = sorted(path.stem for path in (HOME / "functions").glob("fn_*.sql"))
COLUMNS = [
    *("succeeded", "state_changed", "error_class", "status_detail", "http_status", "message"),
    *("entity_id", "entity_type", "entity", "updated_fields", "cascade", "error_detail"),
    *("metadata", "command_id", "function_name"),
]
PUSH = {
    "event_type": "push",
    "branch": "main",
    "commit_sha": "a" * 40,
    "repository_keys": ["forge.example/team/shop"],
}
#: Valid arguments for each function in a database that ``deployed`` has prepared.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "fn_sync_registry": {"registry": REGISTRY},
    "fn_request_deployment": {"fraise": "shop", "environment": "production"},
    "fn_request_rollback": {"fraise": "shop", "environment": "production"},
    "fn_process_webhook": {"provider": "github", "event": PUSH, "delivery_id": "d-1"},
    "fn_replay_webhook": {"webhook_id": "none"},
    "fn_claim_deployment": {"worker": "w", "lease_seconds": 30},
    "fn_heartbeat": {"deployment_id": "none"},
    "fn_record_step": {"deployment_id": "none"},
    "fn_record_release": {"deployment_id": "none"},
    "fn_record_migration": {"deployment_id": "none"},
    "fn_complete_deployment": {"deployment_id": "none"},
    "fn_cancel_deployment": {"deployment_id": "none"},
    "fn_create_token": {"name": "ci", "digest": "0" * 64, "scopes": ["read"]},
    "fn_revoke_token": {"name": "none"},
    "fn_record_token_use": {"token_id": "none"},
    "fn_reap_expired_leases": {},
    "fn_claim_notification": {"worker": "w", "lease_seconds": 30},
    "fn_complete_notification": {"notification_id": "none"},
    "fn_claim_reconcile": {"worker": "w"},
    "fn_complete_reconcile": {"fraise": "shop", "claim": 1},
    "fn_record_health": {"fraise": "shop", "environment": "staging", "status": "down"},
    "fn_record_worker": {"worker": "w", "state": "running", "lease_seconds": 30},
}


def counted(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE name GLOB 'tb_*' ").fetchall()
    tables = [name for (name,) in names]
    return {t: connection.execute(f"SELECT COUNT(*) FROM {t}").fetchone()[0] for t in tables}


def deployed(connection: sqlite3.Connection, version: str, commit: str) -> str:
    """Take one deployment of shop/production from the request to success."""
    target = {"fraise": "shop", "environment": "production"}
    order = call(connection, "fn_request_deployment", **target, git_commit=commit)
    held = {"deployment_id": order["entity_id"]}
    claim = call(connection, "fn_claim_deployment", worker="w", lease_seconds=30, **held)
    held["fencing_token"] = claim["metadata"]["fencing_token"]
    release = {"version": version, "git_commit": commit}
    call(connection, "fn_record_release", **held, **release)
    call(connection, "fn_record_step", **held, step="switch", state="started")
    call(connection, "fn_complete_deployment", **held, status="success", health="healthy")
    return order["entity_id"]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database with nothing in it."""
    connection = opened(tmp_path / "fraisier.db")
    yield connection
    connection.close()


@pytest.fixture
def database(empty: sqlite3.Connection) -> sqlite3.Connection:
    """An installed database with a registry."""
    run(empty, (HOME / "schema.sql").read_text() + objects())
    call(empty, "fn_sync_registry", registry=REGISTRY)
    return empty


def walked(connection: sqlite3.Connection, query: str) -> int:
    """How many tables a query reads from end to end; subqueries and constants are none."""
    plan = [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan[:2], plan
    aliases = (
        "SCAN d",
        "SCAN r",
        "SCAN e",
        "SCAN f",
        "SCAN w",
        "SCAN s",
        "SCAN p",
        "SCAN c",
        "SCAN n",
    )
    return sum(step.split(" USING")[0] in aliases or step.startswith("SCAN tb_") for step in plan)


def test_objects_list__every_file__is_named_once() -> None:
    """objects.txt has each view and function of the folder and nothing else."""
    listed = (DB / "objects.txt").read_text().split()
    files = [*HOME.glob("views/*.sql"), *HOME.glob("functions/fn_*.sql")]
    assert sorted(listed) == sorted(str(f.relative_to(HOME).with_suffix("")) for f in files)


def test_install__twice__is_refused_and_changes_nothing(database: sqlite3.Connection) -> None:
    """The second installation fails as a whole; rows and objects stay."""
    before = counted(database), tables(database)
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        run(database, (HOME / "schema.sql").read_text() + objects())
    database.execute("ROLLBACK")
    assert (counted(database), tables(database)) == before


def test_install__views_and_functions__can_be_dropped_and_made_again(
    database: sqlite3.Connection,
) -> None:
    """What a migration does at its end leaves a database that works and keeps its rows."""
    before = counted(database)
    views = database.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    run(database, "".join(f"DROP VIEW {name};" for (name,) in views) + objects())
    assert counted(database) == before
    assert call(database, "fn_sync_registry", registry=REGISTRY)["status_detail"] == "unchanged"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_function__called__answers_one_complete_row(
    database: sqlite3.Connection, function: str
) -> None:
    """Every function answers with all columns, refusals too, and is known by its name."""
    deployed(database, "1", "1" * 40)
    deployed(database, "2", "2" * 40)
    answer = call(database, function, **ARGUMENTS[function])
    assert list(answer) == COLUMNS
    assert answer["function_name"] == function
    assert bool(answer["succeeded"]) == (answer["error_detail"] is None)
    assert isinstance(answer["updated_fields"], list)
    assert isinstance(answer["metadata"], dict)
    assert answer["message"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_function__asked_again_with_the_same_command__changes_nothing(
    database: sqlite3.Connection, function: str
) -> None:
    """The first answer comes back, whatever the arguments are now."""
    deployed(database, "1", "1" * 40)
    deployed(database, "2", "2" * 40)
    first = call(database, function, command_id="once", **ARGUMENTS[function])
    before = counted(database)
    assert call(database, function, command_id="once") == first
    assert counted(database) == before


@pytest.mark.parametrize("function", FUNCTIONS)
def test_function__without_a_command_id__aborts(
    database: sqlite3.Connection, function: str
) -> None:
    """A missing command id is a programming error and leaves no trace."""
    before = counted(database)
    with pytest.raises(sqlite3.IntegrityError, match="command_id"):
        call(database, function, **(ARGUMENTS[function] | {"command_id": None}))
    assert counted(database) == before


def test_process_webhook__several_targets__requests_each_in_one_call(
    database: sqlite3.Connection,
) -> None:
    """A function that calls another one for every target gets an effect from each call."""
    mapping = [*REGISTRY["branch_mapping"], {"branch": "main", "fraise": "nightly"}]
    mapping[1]["environment"] = "production"
    call(database, "fn_sync_registry", registry=REGISTRY | {"branch_mapping": mapping})
    answer = call(database, "fn_process_webhook", **ARGUMENTS["fn_process_webhook"])
    assert answer["status_detail"] == "accepted"
    assert [d["fraise"] for d in answer["entity"]["deployments"]] == ["shop", "nightly"]


@pytest.mark.parametrize(
    ("view", "order"),
    [
        ("v_deployment", "pk_deployment"),
        ("v_deployment_history", "pk_deployment"),
        ("v_recent_webhooks", "pk_webhook_event"),
        ("v_event", "pk_event"),
        ("v_notification", "pk_notification"),
    ],
)
def test_list__newest_first__needs_no_sort_of_all_rows(
    database: sqlite3.Connection, view: str, order: str
) -> None:
    """A page of a list costs as much in a large database as in a small one."""
    query = f"SELECT data FROM {view} ORDER BY {order} DESC LIMIT 20"
    assert walked(database, query) == 1


@pytest.mark.parametrize(
    "query",
    [
        "SELECT data FROM v_deployment WHERE fraise = 'x' ORDER BY pk_deployment DESC LIMIT 20",
        "SELECT data FROM v_deployment WHERE id = 'x'",
        "SELECT data FROM v_deployment_step WHERE deployment_id = 'x'",
        "SELECT data FROM v_event WHERE pk_event > 1 ORDER BY pk_event",
        "SELECT * FROM v_mutation_response WHERE command_id = 'x'",
        "SELECT data FROM v_release WHERE fraise = 'x' AND environment = 'y' ORDER BY pk_release",
    ],
)
def test_lookup__by_key__uses_an_index(database: sqlite3.Connection, query: str) -> None:
    """No query that a request may cause walks through a whole table."""
    assert walked(database, query) == 0


def test_notifications__many_sent__reads_only_what_waits(database: sqlite3.Connection) -> None:
    """The search for a notification to send does not grow with what was sent."""
    query = "SELECT 1 FROM v_notification WHERE state = 'pending' AND due ORDER BY pk_notification"
    first, *others = database.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
    assert first["detail"] == "SCAN n USING INDEX ix_notification_pending"
    assert [step["detail"].split()[0] for step in others] == ["SEARCH"] * len(others)


def test_claim__many_ended_deployments__reads_only_what_is_open(
    database: sqlite3.Connection,
) -> None:
    """The search for work does not grow with the history."""
    query = "SELECT 1 FROM tb_deployment WHERE status = 'pending' OR status = 'in_progress'"
    (step,) = database.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
    assert step["detail"].startswith("SEARCH tb_deployment USING COVERING INDEX ix_deployment_open")


def test_new_id__each__is_a_uuid_of_version_7(database: sqlite3.Connection) -> None:
    """Public ids are what other programs take for UUIDs, and no two rows share one."""
    rows = database.execute("SELECT i.id FROM json_each('[1,2,3,4,5,6,7,8]') JOIN fx_new_id i")
    ids = [uuid.UUID(text) for (text,) in rows]
    assert len(set(ids)) == 8
    assert {(each.version, each.variant) for each in ids} == {(7, uuid.RFC_4122)}
