"""A database that is lent again is like a new one, or it is not lent again."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import pytest
from conform.databases import Scratch, installed
from conform.miniature import ROOT

SERVER = os.environ.get("FRAISIER_TEST_POSTGRESQL_URL", "")
pytestmark = pytest.mark.skipif(not SERVER, reason="FRAISIER_TEST_POSTGRESQL_URL is not set")
REGISTRY = {
    "fraises": [
        {
            "name": "shop",
            "type": "api",
            "environments": [{"name": "production", "provider": "local"}],
        }
    ],
    "branch_mapping": [],
}
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"


@pytest.fixture
def template() -> Iterator[Scratch]:
    """An installation that databases are copied from."""
    found = installed("postgresql", SERVER, ROOT)
    yield found
    found.sweep()


def contents(scratch: Scratch) -> dict[str, object]:
    """The catalog, every row of every table, and where the sequences stand."""
    names = [row["tablename"] for row in scratch.rows(TABLES)]
    rows = {name: scratch.rows(f"SELECT * FROM {name} ORDER BY 1") for name in names}
    sequences = sorted(scratch.rows(SEQUENCES), key=lambda row: row["sequencename"])
    scratch.close()
    return {"rows": rows, "sequences": sequences, "catalog": scratch.kind.catalog(scratch.url)}


def used(template: Scratch) -> Scratch:
    """A lent database in which a deployment was requested."""
    lent = template.lend()
    synced = lent.call("fn_sync_registry", registry=REGISTRY, actor="somebody")
    assert synced["succeeded"], synced
    asked = lent.call("fn_request_deployment", fraise="shop", environment="production")
    assert asked["succeeded"], asked
    assert lent.rows("SELECT * FROM tb_event")
    return lent


def test_lend__after_a_scenario_that_wrote__is_like_a_new_copy(template: Scratch) -> None:
    """Rows, sequences and catalog equal those of a copy that nobody has used."""
    first = used(template)
    first.give_back()
    again, new = template.lend(), template.clone()
    assert again.url == first.url, "it was not used again, so this shows nothing"
    assert contents(again) == contents(new)
    again.give_back()


def test_lend__two_at_once__are_two(template: Scratch) -> None:
    """A database that is lent is nobody else's."""
    first, second = template.lend(), template.lend()
    assert first.url != second.url
    first.give_back()
    second.give_back()


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE tb_more (pk_more int)",
        "ALTER TABLE tb_event ADD COLUMN more text",
        "CREATE INDEX ix_more ON tb_event (event_type)",
        "DROP VIEW v_deployment_stats",
        "CREATE FUNCTION fn_more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE VIEW v_schema_digest AS SELECT 'other' AS digest",
        "ALTER TABLE tb_event ADD CONSTRAINT more CHECK (event_type <> '')",
        "INSERT INTO tb_schema_version (version, name) VALUES (999, 'later')",
        "DELETE FROM tb_schema_version",
    ],
)
def test_lend__after_another_schema__is_another_database(template: Scratch, change: str) -> None:
    """Who changes an object, or a row of the installation, takes the database along."""
    lent = template.lend()
    lent.execute(change)
    lent.give_back()
    again = template.lend()
    assert again.url != lent.url
    assert contents(again) == contents(template.clone())
    again.give_back()


def test_give_back__with_an_open_session__is_used_no_more(template: Scratch) -> None:
    """Whoever is still connected could write into it: it is dropped."""
    lent = used(template)
    stray = lent.another_connection()
    stray.rows("BEGIN", {})
    stray.rows("INSERT INTO tb_event (event_type) VALUES (:kind)", {"kind": str(uuid.uuid4())})
    lent.give_back()
    again = template.lend()
    assert again.url != lent.url
    assert again.rows("SELECT * FROM tb_event") == []
    again.give_back()
