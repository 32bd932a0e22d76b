"""The SQLite dialect: installing, migrating, calling, and the plans of its queries."""

from __future__ import annotations

import json
import re
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

DB = Path(__file__).parents[1]
HOME = DB / "sqlite"
FUNCTIONS = sorted(path.stem for path in (HOME / "functions").glob("fn_*.sql"))
COLUMNS = [
    *("succeeded", "state_changed", "error_class", "status_detail", "http_status", "message"),
    *("entity_id", "entity_type", "entity", "updated_fields", "cascade", "error_detail"),
    *("metadata", "command_id", "function_name"),
]
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
    "fn_claim_deployment": {"worker": "w", "lease_seconds": 30},
    "fn_heartbeat": {"deployment_id": "none"},
    "fn_record_step": {"deployment_id": "none"},
    "fn_record_release": {"deployment_id": "none"},
    "fn_complete_deployment": {"deployment_id": "none"},
    "fn_cancel_deployment": {"deployment_id": "none"},
    "fn_reap_expired_leases": {},
    "fn_record_health": {"fraise": "shop", "environment": "staging", "status": "down"},
    "fn_record_worker": {"worker": "w", "state": "running", "lease_seconds": 30},
}


def opened(path: Path) -> sqlite3.Connection:
    """A connection as db/README.md asks for it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
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


def counted(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE name GLOB 'tb_*' ").fetchall()
    tables = [name for (name,) in names]
    return {t: connection.execute(f"SELECT COUNT(*) FROM {t}").fetchone()[0] for t in tables}


def tables(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Tables and indexes with their definitions, white space normalised."""
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'index')"
    ).fetchall()
    return {(kind, name, re.sub(r"\s+", " ", sql or "")) for kind, name, sql in rows}


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


@pytest.fixture
def old(empty: sqlite3.Connection) -> sqlite3.Connection:
    """A database of version 0.1 with rows of every kind."""
    run(empty, migrations()[0])
    run(
        empty,
        """
        INSERT INTO tb_deployment_request
            (id, fraise, environment, requested_at, requested_by, trigger_type, status, git_commit)
        VALUES
            (3, 'shop', 'production', '2025-03-01 10:00:00', 'ann', 'webhook', 'completed', 'abc'),
            (4, 'shop', 'production', '2025-03-02T12:00:00+02:00', 'bob', 'cron', 'pending', NULL),
            (5, 'shop', 'production', '2025-03-03T10:00:00', 'bob', 'manual', 'pending', NULL),
            (6, 'mail', 'staging', 'last week', NULL, 'api', 'processing', NULL);
        INSERT INTO tb_deployment
            (id, fk_request, fraise, environment, started_at, completed_at, duration_seconds,
             old_version, new_version, status, git_commit, details)
        VALUES
            (7, 3, 'shop', 'production', '2025-03-01 10:00:01', '2025-03-01 10:00:31', 30.5,
             '1.0', '1.1', 'success', 'abc', '{"note": 1}'),
            (8, 6, 'mail', 'staging', '2025-03-04', NULL, NULL, NULL, NULL, 'in_progress', NULL,
             'plain text'),
            (9, NULL, 'shop', 'production', '2025-03-05', '2025-03-05', 1, NULL, NULL, 'failed',
             NULL, NULL),
            (10, 3, 'shop', 'production', '2025-03-06', '2025-03-06', 1, NULL, NULL, 'rolled_back',
             NULL, NULL);
        INSERT INTO tb_fraise_state
            (id, fraise, environment, current_version, last_deployed_at, status, target_provider)
        VALUES (2, 'shop', 'production', '1.1', '2025-03-01 10:00:31', 'healthy', 'coolify');
        INSERT INTO tb_webhook_event
            (id, received_at, provider, event_type, branch, payload, processed, fk_deployment)
        VALUES (11, '2025-03-01 09:59:59', 'GitHub', 'push', 'main', '{}', 1, 7),
               (12, '2025-03-01 09:59:59', 'gitlab', 'Merge Request Hook', NULL, '{}', 0, NULL);
        """,
    )
    return empty


@pytest.fixture
def migrated(old: sqlite3.Connection) -> sqlite3.Connection:
    """The old database, brought up to date."""
    run(old, migrations()[1] + objects())
    return old


def walked(connection: sqlite3.Connection, query: str) -> int:
    """How many tables a query reads from end to end; subqueries and constants are none."""
    plan = [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan[:2], plan
    aliases = ("SCAN d", "SCAN r", "SCAN e", "SCAN f", "SCAN w", "SCAN s", "SCAN p", "SCAN c")
    return sum(step.split(" USING")[0] in aliases or step.startswith("SCAN tb_") for step in plan)


def one(connection: sqlite3.Connection, query: str) -> tuple[Any, ...]:
    """The only row of a query."""
    (row,) = connection.execute(query).fetchall()
    return tuple(row)


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


def test_migrate__empty_database_of_version_one__equals_a_new_one(
    empty: sqlite3.Connection, tmp_path: Path
) -> None:
    """Tables, columns, defaults and indexes are the same by either way."""
    run(empty, "".join(migrations()))
    new = opened(tmp_path / "new.db")
    run(new, (HOME / "schema.sql").read_text())
    expected = tables(new)
    versions = "SELECT version, name FROM tb_schema_version ORDER BY version"
    assert tables(empty) == expected
    assert list(map(tuple, empty.execute(versions))) == list(map(tuple, new.execute(versions)))
    new.close()


def test_migrate__old_rows__keep_their_keys_and_values(migrated: sqlite3.Connection) -> None:
    """Old integer ids are primary keys now and no row is lost."""
    deployment = "SELECT fraise, status, started_at, duration_seconds, old_version, new_version"
    assert one(migrated, f"{deployment}, details FROM tb_deployment WHERE pk_deployment = 7") == (
        *("shop", "success", "2025-03-01T10:00:01.000Z", 30.5, "1.0", "1.1"),
        '{"note": 1}',
    )
    assert one(migrated, "SELECT details FROM tb_deployment WHERE pk_deployment = 8") == (
        '"plain text"',
    )
    state = "SELECT pk_fraise_state, current_version, status, target_provider FROM tb_fraise_state"
    assert one(migrated, f"{state} WHERE fraise = 'shop'") == (2, "1.1", "healthy", "coolify")
    webhooks = "SELECT provider, event_type, delivery_id, processed FROM tb_webhook_event"
    assert [tuple(row) for row in migrated.execute(webhooks)] == [
        ("github", "push", "legacy-11", 1),
        ("gitlab", "other", "legacy-12", 0),
    ]


def test_migrate__old_times__become_rfc_3339(migrated: sqlite3.Connection) -> None:
    """What SQLite can parse is normalised to UTC; what it cannot is kept as it was."""
    times = "SELECT requested_at FROM tb_deployment_request WHERE pk_deployment_request <= 6"
    assert [row[0] for row in migrated.execute(f"{times} ORDER BY pk_deployment_request")] == [
        "2025-03-01T10:00:00.000Z",
        "2025-03-02T10:00:00.000Z",
        "2025-03-03T10:00:00.000Z",
        "last week",
    ]


def test_migrate__old_names__are_registry_rows_marked_removed(
    migrated: sqlite3.Connection,
) -> None:
    """They come back when a sync names them, with the state that they had."""
    rows = migrated.execute("SELECT name, type, removed_at IS NULL FROM tb_fraise").fetchall()
    assert [tuple(row) for row in rows] == [("mail", "custom", 0), ("shop", "custom", 0)]
    call(migrated, "fn_sync_registry", registry=REGISTRY)
    status = "SELECT current_version FROM v_fraise_status WHERE fraise = 'shop'"
    assert one(migrated, f"{status} AND environment = 'production'") == ("1.1",)


def test_migrate__what_was_running__has_failed_and_what_waited_still_waits(
    migrated: sqlite3.Connection,
) -> None:
    """Nothing is stuck: one request waits for each environment at most, and can be claimed."""
    rows = migrated.execute(
        "SELECT r.pk_deployment_request, r.trigger_type, r.status, d.status, d.error_code"
        " FROM tb_deployment_request r"
        " JOIN tb_deployment d ON d.fk_request = r.pk_deployment_request"
        " WHERE r.pk_deployment_request <= 6 ORDER BY 1"
    )
    assert [tuple(row) for row in rows] == [
        (3, "webhook", "completed", "success", None),
        (4, "manual", "superseded", "superseded", "superseded"),
        (5, "manual", "pending", "pending", None),
        (6, "api", "failed", "failed", "worker-lost"),
    ]
    claim = call(migrated, "fn_claim_deployment", worker="w", lease_seconds=30)
    assert claim["entity"]["requested_at"] == "2025-03-03T10:00:00.000Z"


def test_migrate__deployment_without_own_request__gets_one(migrated: sqlite3.Connection) -> None:
    """Both a missing request and one shared by two deployments are resolved."""
    rows = migrated.execute(
        "SELECT d.pk_deployment, d.status, r.command_id FROM tb_deployment d"
        " JOIN tb_deployment_request r ON r.pk_deployment_request = d.fk_request"
        " WHERE d.pk_deployment IN (9, 10) ORDER BY 1"
    )
    assert [tuple(row) for row in rows] == [
        (9, "failed", "legacy-deployment-9"),
        (10, "rolled_back", "legacy-deployment-10"),
    ]
    assert migrated.execute("PRAGMA foreign_key_check").fetchall() == []


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
    ],
)
def test_lookup__by_key__uses_an_index(database: sqlite3.Connection, query: str) -> None:
    """No query that a request may cause walks through a whole table."""
    assert walked(database, query) == 0


def test_claim__many_ended_deployments__reads_only_what_is_open(
    database: sqlite3.Connection,
) -> None:
    """The search for work does not grow with the history."""
    query = "SELECT 1 FROM tb_deployment WHERE status = 'pending' OR status = 'in_progress'"
    (step,) = database.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
    assert step["detail"].startswith("SEARCH tb_deployment USING COVERING INDEX ix_deployment_open")
