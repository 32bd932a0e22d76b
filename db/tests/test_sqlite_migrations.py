"""The way from version 0.1 to today's SQLite schema."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .sqlite_calls import HOME, REGISTRY, call, migrations, objects, opened, run, tables


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database with nothing in it."""
    connection = opened(tmp_path / "fraisier.db")
    yield connection
    connection.close()


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
    run(old, "".join(migrations()[1:]) + objects())
    return old


def one(connection: sqlite3.Connection, query: str) -> tuple[Any, ...]:
    """The only row of a query."""
    (row,) = connection.execute(query).fetchall()
    return tuple(row)


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


def test_migrate__registry_of_version_two__is_still_the_same(empty: sqlite3.Connection) -> None:
    """A table that is made anew keeps its row: the next sync of the same file changes nothing."""
    run(empty, "".join(migrations()[:2]))
    insert = "INSERT INTO tb_registry (pk_registry, document, synced_at) VALUES (1, json(?), 'x')"
    empty.execute(insert, [json.dumps(REGISTRY)])
    run(empty, "".join(migrations()[2:]) + objects())
    assert one(empty, "SELECT synced_at, queue_limit FROM tb_registry") == ("x", 1000)
    assert call(empty, "fn_sync_registry", registry=REGISTRY)["status_detail"] == "unchanged"


def test_migrate__registry_and_webhooks_of_version_three__go_on(empty: sqlite3.Connection) -> None:
    """Rules route as before, and a webhook of then can be replayed."""
    run(empty, "".join(migrations()[:3]))
    run(
        empty,
        """
        INSERT INTO tb_fraise (name, type, repository_key)
        VALUES ('shop', 'api', 'forge.example/team/shop');
        INSERT INTO tb_environment (fk_fraise, name, target_provider) VALUES (1, 'live', 'local');
        INSERT INTO tb_fraise_state (fk_environment, fraise, environment)
        VALUES (1, 'shop', 'live');
        INSERT INTO tb_branch_mapping (id, branch, fk_environment)
        VALUES ('x', 'main', 1), ('y', 'v*', 1);
        INSERT INTO tb_webhook_event
            (id, provider, delivery_id, event_type, repository, branch, commit_sha, command_id)
        VALUES ('w', 'github', 'd-1', 'push', 'Team/Shop', 'main', 'abc0001', 'c-1');
        """,
    )
    run(empty, "".join(migrations()[3:]) + objects())
    rules = "SELECT id, ref_type, name, fk_environment FROM tb_ref_rule ORDER BY name"
    assert [tuple(row) for row in empty.execute(rules)] == [
        ("x", "branch", "main", 1),
        ("y", "branch", "v*", 1),
    ]
    answer = call(empty, "fn_replay_webhook", webhook_id="w", actor="ann")
    assert (answer["status_detail"], answer["entity"]["replayed_from"]) == ("accepted", "w")
    deployed = "SELECT fraise, environment, actor, git_commit FROM v_deployment"
    assert one(empty, deployed) == ("shop", "live", "ann", "abc0001")
