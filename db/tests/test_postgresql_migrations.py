"""The way from older versions to today's PostgreSQL schema."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from conform.databases import Scratch, empty, installation, installed

DB = Path(__file__).resolve().parents[1]
HOME = DB / "postgresql"
SERVER = os.environ.get("FRAISIER_TEST_POSTGRESQL_URL", "")
SHOP = {"fraise": "shop", "environment": "live"}
REGISTRY = {
    "fraises": [
        {"name": "shop", "type": "api", "environments": [{"name": "live", "provider": "local"}]}
    ],
    "branch_mapping": [{"branch": "main", **SHOP}],
}
# What a database is made of: tables, columns, defaults, constraints, indexes, types.
CATALOG = """
SELECT c.relname || '.' || a.attname,
       concat_ws(' ', a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
                 pg_get_expr(d.adbin, d.adrelid))
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'c')
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT conname, conrelid::regclass || ' ' || pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT relname, relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT version::text, name FROM tb_schema_version
ORDER BY 1, 2
"""

pytestmark = pytest.mark.skipif(not SERVER, reason="FRAISIER_TEST_POSTGRESQL_URL is unset")


@pytest.fixture
def blank() -> Iterator[Scratch]:
    """A database with nothing in it."""
    scratch = empty("postgresql", SERVER)
    yield scratch
    scratch.drop()


def migrations() -> list[str]:
    """The migrations in order."""
    return [path.read_text() for path in sorted((HOME / "migrations").glob("*.sql"))]


def catalog(scratch: Scratch) -> list[tuple[Any, ...]]:
    """What the database is made of."""
    with psycopg.connect(scratch.url) as connection:
        return connection.execute(CATALOG).fetchall()


def test_migrate__empty_database_of_version_one__equals_a_new_one(blank: Scratch) -> None:
    """Tables, columns, defaults, constraints, indexes and types are the same by either way."""
    blank.script("\n".join([*migrations(), *installation(DB, "postgresql")[1:]]))
    new = installed("postgresql", SERVER, DB.parent)
    expected = catalog(new)
    new.drop()
    assert catalog(blank) == expected


def test_migrate__next_row__gets_a_new_number(blank: Scratch) -> None:
    """Identities go on after the old ids, so that the first call of a migrated database works."""
    old = (Path(__file__).parent / "old_rows.sql").read_text()
    blank.script(f"{migrations()[0]}\n{old}")
    blank.script("\n".join([*migrations()[1:], *installation(DB, "postgresql")[1:]]))
    blank.call("fn_sync_registry", registry=REGISTRY)
    assert blank.call("fn_request_deployment", **SHOP)["status_detail"] == "requested"
    event = {"event_type": "push", "branch": "main", "commit_sha": "a" * 40}
    answer = blank.call("fn_process_webhook", provider="github", event=event, delivery_id="1")
    assert answer["status_detail"] == "accepted"


def test_migrate__time_that_nobody_can_read__is_the_time_of_the_migration(blank: Scratch) -> None:
    """One bad text does not keep a database from being brought up to date."""
    blank.script(
        migrations()[0]
        + "INSERT INTO tb_webhook_event (received_at, provider, event_type)"
        + " VALUES ('last week', 'github', 'push');"
    )
    blank.script("\n".join(migrations()[1:]))
    assert blank.row("SELECT received_at <= now() AS past FROM tb_webhook_event")["past"]


def test_migrate__registry_and_webhooks_of_version_three__go_on(blank: Scratch) -> None:
    """Rules route as before, and a webhook of then can be replayed."""
    blank.script(
        "\n".join(migrations()[:3])
        + """
        INSERT INTO tb_fraise (name, type, repository_key)
        VALUES ('shop', 'api', 'forge.example/team/shop');
        INSERT INTO tb_environment (fk_fraise, name, target_provider) VALUES (1, 'live', 'local');
        INSERT INTO tb_fraise_state (fk_environment, fraise, environment)
        VALUES (1, 'shop', 'live');
        INSERT INTO tb_branch_mapping (branch, fk_environment) VALUES ('main', 1);
        INSERT INTO tb_webhook_event
            (provider, delivery_id, event_type, repository, branch, commit_sha, command_id)
        VALUES ('github', 'd-1', 'push', 'Team/Shop', 'main', 'abc0001', 'c-1');
        """
    )
    blank.script("\n".join([*migrations()[3:], *installation(DB, "postgresql")[1:]]))
    first = blank.row("SELECT id::text AS id FROM v_recent_webhooks")["id"]
    answer = blank.call("fn_replay_webhook", webhook_id=first, actor="ann")
    assert (answer["status_detail"], answer["entity"]["replayed_from"]) == ("accepted", first)
    deployed = blank.row("SELECT fraise, environment, actor, git_commit FROM v_deployment")
    assert tuple(deployed.values()) == ("shop", "live", "ann", "abc0001")
