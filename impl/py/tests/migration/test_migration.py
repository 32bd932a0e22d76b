"""Databases of earlier versions are brought up to date without losing a row."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fraisier.db import Database, connect
from fraisier.db.installation import installation
from fraisier.db.location import parse
from fraisier.db.sqlite_installer import statements_of
from fraisier.domain.errors import FraisierError
from fraisier.wiring import make_current

ROWS = """
INSERT INTO tb_deployment_request
    (id, fraise, environment, requested_at, requested_by, trigger_type, status, git_branch,
     git_commit, target_provider, target_config)
VALUES (7, 'shop', 'production', '2025-01-02 03:04:05', 'ada', 'webhook', 'completed', 'main',
        'abcdef1234567', 'bare-metal', '{"host": "one"}');
INSERT INTO tb_deployment
    (id, fk_request, fraise, environment, started_at, completed_at, duration_seconds,
     old_version, new_version, status, target_provider, git_commit, git_branch, error_message)
VALUES (9, 7, 'shop', 'production', '2025-01-02 03:04:06', '2025-01-02 03:04:36', 30.0,
        '1.0', '1.1', 'success', 'bare-metal', 'abcdef1234567', 'main', NULL);
INSERT INTO tb_deployment
    (id, fk_request, fraise, environment, started_at, completed_at, duration_seconds,
     old_version, new_version, status, target_provider, git_commit, git_branch, error_message)
VALUES (10, NULL, 'shop', 'staging', '2025-02-02 03:04:06', '2025-02-02 03:04:16', 10.0,
        NULL, '1.2', 'failed', 'bare-metal', 'fedcba7654321', 'dev', 'it broke');
INSERT INTO tb_fraise_state
    (id, fraise, environment, current_version, last_deployed_at, last_deployed_by, status,
     target_provider)
VALUES (3, 'shop', 'production', '1.1', '2025-01-02 03:04:36', 'ada', 'healthy', 'bare-metal');
INSERT INTO tb_webhook_event
    (id, received_at, provider, event_type, branch, commit_sha, sender, payload, processed,
     fk_deployment)
VALUES (4, '2025-01-02 03:04:05', 'github', 'push', 'main', 'abcdef1234567', 'ada', '{}', 1, 9);
"""
RACE = """
import sys
from fraisier.db import connect
database = connect(sys.argv[1])
sys.stdin.readline()
state = database.migrate()
assert state.current, state
"""


def run_script(url: str, script: str) -> None:
    """Run SQL in a database, without Fraisier."""
    location = parse(url)
    if location.dialect == "sqlite":
        import sqlite3

        path = Path(location.target)
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path)
        for statement in statements_of(script):
            connection.execute(statement)
        connection.commit()
        connection.close()
        return
    import psycopg

    with psycopg.connect(location.target) as connection:
        connection.execute(script.encode())


@pytest.fixture
def old_url(database_url: str) -> str:
    """A database as version 0.1 made it, with a row in every table."""
    files = installation(parse(database_url).dialect)
    script = files.migrations[0].sql
    run_script(database_url, script + ROWS)
    return database_url


@pytest.fixture
def old(old_url: str) -> Iterator[Database]:
    """A connection to the old database."""
    database = connect(old_url)
    yield database
    database.close()


def test_state__version_0_1__is_version_1(old: Database) -> None:
    """Tables without a version table are those of version 0.1."""
    state = old.state()
    assert (state.version, state.current, state.empty) == (1, False, False)


def test_make_current__older_database__is_refused(old: Database) -> None:
    """Nothing is migrated behind the operator's back."""
    with pytest.raises(FraisierError) as caught:
        make_current(old)
    assert (caught.value.code, caught.value.hint) == (
        "database-outdated",
        "run: fraisier db migrate",
    )
    assert old.state().version == 1


def test_migrate__version_0_1__keeps_every_row(old: Database) -> None:
    """History, state and webhooks are there afterwards, with their values."""
    assert old.migrate().current
    history = old.read("v_deployment_history", order=["pk_deployment"])
    assert [(h["environment"], h["version_change"], h["outcome"]) for h in history] == [
        ("production", "1.0 → 1.1", "success"),
        ("staging", history[1]["version_change"], "failed"),
    ]
    assert history[0]["started_at"] == "2025-01-02T03:04:06.000Z"
    assert history[0]["duration_seconds"] == 30
    failed = history[1]
    assert (failed["error_code"], failed["error_message"]) == ("deployment-failed", "it broke")
    (event,) = old.read("v_recent_webhooks")
    assert (event["branch"], event["sender"], event["processed"]) == ("main", "ada", True)


def test_migrate__version_0_1__works_afterwards(old: Database) -> None:
    """The migrated state belongs to the fraise that the next sync names."""
    old.migrate()
    environments = [{"name": "production", "provider": "local", "target": {}}]
    registry = {"fraises": [{"name": "shop", "type": "api", "environments": environments}]}
    assert old.call("fn_sync_registry", registry=registry).succeeded
    (status,) = old.read("v_fraise_status")
    assert (status["current_version"], status["status"].lower()) == ("1.1", "healthy")
    answer = old.call("fn_request_deployment", fraise="shop", environment="production")
    assert answer.status_detail == "requested"
    assert len(old.read("v_deployment")) == 3


@pytest.mark.parametrize("kind", ["empty", "old"])
def test_migrate__two_processes_at_once__both_succeed(
    request: pytest.FixtureRequest, database_url: str, kind: str
) -> None:
    """Whoever comes second waits, and finds nothing left to do."""
    if kind == "old":
        request.getfixturevalue("old_url")
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, database_url],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write(b"go\n")
        racer.stdin.flush()
    results = [racer.communicate(timeout=60)[1] for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0], results


def test_migrate__again__changes_nothing(database_url: str) -> None:
    """A database that is up to date is left alone."""
    database = connect(database_url)
    first = database.migrate()
    assert database.migrate() == first
    versions = database.read("v_event")
    assert versions == []
    database.close()


def test_migrate__newer_database__is_refused(database_url: str) -> None:
    """What a later version has touched is neither used nor changed."""
    database = connect(database_url)
    database.migrate()
    run_script(database_url, "INSERT INTO tb_schema_version (version, name) VALUES (99, 'later');")
    for act in (database.migrate, lambda: make_current(database)):
        with pytest.raises(FraisierError) as caught:
            act()
        assert caught.value.code == "database-newer"
    database.close()


def test_migrate__other_views__are_made_again(database_url: str) -> None:
    """Views and functions of another build are replaced, rows are kept."""
    database = connect(database_url)
    database.migrate()
    database.call("fn_sync_registry", registry={"fraises": []})
    run_script(
        database_url,
        "DROP VIEW v_schema_digest; CREATE VIEW v_schema_digest AS SELECT 'other' AS digest;",
    )
    with pytest.raises(FraisierError) as caught:
        make_current(database)
    assert caught.value.code == "database-outdated"
    assert database.migrate().current
    assert [event["event_type"] for event in database.read("v_event")] == ["registry.synced"]
    database.close()


def test_migrate__fails_half_way__leaves_the_old_database(
    old: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration that fails is undone as a whole."""
    files = installation(old.dialect)
    broken = replace(
        files, objects=(*files.objects, "SELECT nothing FROM nowhere_at_all"), digest="0" * 64
    )
    with monkeypatch.context() as patched:
        module = f"fraisier.db.{old.dialect}_installer"
        patched.setattr(f"{module}.installation", lambda _dialect: broken)
        with pytest.raises(FraisierError):
            old.migrate()
    assert old.state().version == 1
    assert old.migrate().current
