"""Databases of fraises: real migrations, real dumps, around a real deployment."""

from __future__ import annotations

import os
import sqlite3
import time
import uuid
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
import yaml
from fraisier.db import refuse
from fraisier.operations.carry_out import carry_out
from fraisier.operations.deploy import Order, cancel_deployment, request_deployment
from fraisier.operations.endings import LeaseLostError
from fraisier.operations.record import Record
from psycopg import sql

from .conftest import World

Steps = Callable[[Mapping[str, Any]], dict[str, str]]

CREATE = "CREATE TABLE tb_item (pk_item BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
ITEM = CREATE + "  id UUID NOT NULL DEFAULT gen_random_uuid(), name TEXT NOT NULL);\n"


@pytest.fixture
def database() -> Generator[str]:
    """An empty PostgreSQL database of the fraise; its URL."""
    admin = os.environ.get("FRAISIER_TEST_POSTGRESQL_URL")
    if not admin:
        pytest.skip("no PostgreSQL: FRAISIER_TEST_POSTGRESQL_URL is not set")
    name = f"fraise_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(admin, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{admin.rpartition('/')[0]}/{name}"
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def rows(url: str, query: LiteralString) -> list[tuple[Any, ...]]:
    """The rows of a query on the fraise's database."""
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def migration(world: World, version: int, up: str, down: str = "SELECT 1;") -> None:
    """Put a migration into the source of the fraise."""
    folder = world.source / "db" / "migrations"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"2026010100000{version}_step.up.sql").write_text(up)
    (folder / f"2026010100000{version}_step.down.sql").write_text(down)


def schema(world: World, text: str) -> None:
    """Put the whole schema into the source of the fraise."""
    folder = world.source / "db" / "schema"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "010_all.sql").write_text(text)


def test_apply__pending_migration__is_applied_once_and_recorded(
    world: World, database: str, steps_of: Steps
) -> None:
    """The second release finds nothing to do; the first one's head is in the record."""
    world.change(database={"url": database, "backward_compatible": True})
    migration(world, 1, ITEM)
    world.commit()
    done = world.deploy()
    assert done["outcome"] == "success", done["error_message"]
    assert list(steps_of(done)) == [
        "preflight", "backup", "fetch", "build", "migrate", "switch", "health",
    ]  # fmt: skip
    assert rows(database, "SELECT version FROM tb_confiture") == [("20260101000001",)]
    (release,) = world.db.read("v_release", {"fraise": "shop"})
    assert release["migration_head"] == "20260101000001"
    assert len(list((world.home / "backups").glob("*.dump"))) == 1
    world.commit(note="another")
    again = world.deploy()
    assert again["outcome"] == "success"
    assert steps_of(again)["migrate"] == "skipped"
    assert not list((world.home / "database").glob("*.yaml"))


def test_apply__migration_fails__old_release_serves_and_a_backup_is_named(
    world: World, database: str
) -> None:
    """What was applied before the failure stays and is told."""
    world.change(database={"url": database})
    good = world.commit()
    world.deploy()
    migration(world, 1, ITEM)
    migration(world, 2, "CREATE TABLE tb_broken (;")
    world.commit(note="bad")
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("failed", "migration-failed")
    assert world.serves() == good
    assert "applied and kept: 20260101000001" in done["error_message"]
    (named,) = [word for word in done["error_message"].split() if word.endswith(".dump")]
    assert Path(named).is_file()
    assert rows(database, "SELECT version FROM tb_confiture") == [("20260101000001",)]


def test_rebuild__development__drops_makes_and_seeds(world: World, database: str) -> None:
    """Whatever was there is gone; the tables that were asked for have made-up rows."""
    rows_wanted = {"tables": ["tb_item"], "count": 3}
    world.change(database={"url": database, "strategy": "rebuild", "seed": rows_wanted})
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE old_stuff (n INT)")
    document = yaml.safe_load((world.folder / "fraises.yaml").read_text())
    places = document["fraises"]["shop"]["environments"]
    world.change(environments={**places, "development": places["production"]})
    schema(world, ITEM)
    migration(world, 1, ITEM)
    world.commit()
    request_deployment(world.db, Order("shop", "development"))
    done = world.carry_out()
    assert done["outcome"] == "success", done["error_message"]
    assert rows(database, "SELECT count(*) FROM tb_item") == [(3,)]
    assert rows(database, "SELECT to_regclass('old_stuff')") == [(None,)]
    assert rows(database, "SELECT version FROM tb_confiture") == [("20260101000001",)]


def test_rebuild__production__is_refused(world: World, database: str, steps_of: Steps) -> None:
    """Before anything is touched."""
    world.change(database={"url": database, "strategy": "rebuild"})
    world.commit()
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("failed", "rebuild-refused")
    assert steps_of(done) == {"preflight": "failed"}


def test_backup__sqlite__is_a_whole_copy(world: World) -> None:
    """What others have written is in it."""
    path = world.folder / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE item (name TEXT)")
        connection.execute("INSERT INTO item VALUES ('one')")
    connection.close()
    world.change(database={"path": str(path), "backups_kept": 1})
    world.commit()
    world.deploy()
    world.commit(note="again")
    assert world.deploy()["outcome"] == "success"
    (copy,) = (world.home / "backups").glob("*.sqlite3")
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT name FROM item").fetchall() == [("one",)]
    connection.close()


def test_own_database__to_be_rebuilt__is_refused(world: World) -> None:
    """A deployment never touches Fraisier's own records."""
    own = world.app.database_url
    world.change(database={"url": own, "type": "sqlite", "strategy": "rebuild"})
    world.commit()
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("failed", "rebuild-refused")
    done = world.deploy(force=True)
    assert (done["outcome"], done["error_code"]) == ("failed", "preflight-failed")


def test_take_over__died_between_migration_and_record__is_recorded_once(
    world: World, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next worker finds the note, finds nothing pending, and writes the record."""
    world.change(database={"url": database, "backward_compatible": False})
    migration(world, 1, ITEM)
    world.commit()
    asked = world.request()

    def dies(*_: object) -> None:
        raise LeaseLostError

    with monkeypatch.context() as patch:
        patch.setattr(Record, "migration", dies)
        carry_out(world.app, world.db, "first", 1)
    assert rows(database, "SELECT version FROM tb_confiture") == [("20260101000001",)]
    done = world.carry_out()
    assert (done["id"], done["outcome"], done["attempt"]) == (asked, "success", 2)
    assert rows(database, "SELECT version FROM tb_confiture") == [("20260101000001",)]
    (release,) = world.db.read("v_release", {"fraise": "shop"})
    assert len(release["migrations"]) == 1
    assert release["backward_compatible"] is False


def test_cancelled__in_a_later_migration__is_recorded_by_the_next_deployment(
    world: World, database: str
) -> None:
    """What was applied before the cancel is not forgotten."""
    world.change(database={"url": database, "backward_compatible": False})
    migration(world, 1, ITEM)
    migration(world, 2, "SELECT pg_sleep(20);")
    world.commit()
    asked = world.request()
    worker = world.start_worker("migrate", "started")
    world.open_gate()
    deadline = time.monotonic() + 40
    while rows(database, "SELECT to_regclass('tb_item')") == [(None,)]:
        assert time.monotonic() < deadline, "the first migration was never applied"
        time.sleep(0.1)
    refuse(cancel_deployment(world.db, asked, None, "test"))
    worker.wait(30)
    assert world.deployment(asked)["outcome"] == "cancelled"
    migration(world, 2, "CREATE TABLE tb_other (n INT);")
    world.commit(note="fixed")
    done = world.deploy()
    assert done["outcome"] == "success", done["error_message"]
    (release,) = world.db.read("v_release", {"fraise": "shop", "git_commit": done["git_commit"]})
    (entry,) = release["migrations"]
    assert entry["detail"]["versions"] == ["20260101000001", "20260101000002"]


def test_apply__marked_as_destructive__is_applied_by_force_only(
    world: World, database: str
) -> None:
    """Data is lost only where somebody said so twice."""
    world.change(database={"url": database, "backup": False})
    migration(world, 1, ITEM)
    migration(world, 2, "-- confiture:destructive\nDROP TABLE tb_item;")
    world.commit()
    refused = world.deploy()
    assert (refused["outcome"], refused["error_code"]) == ("failed", "migration-failed")
    assert "Destructive migration refused" in refused["error_message"]
    assert world.deploy(force=True)["outcome"] == "success"
    assert rows(database, "SELECT to_regclass('tb_item')") == [(None,)]
    (release,) = world.db.read("v_release", {"fraise": "shop", "backward_compatible": False})
    assert release["migration_head"] == "20260101000002"


def test_rebuild__no_such_database__is_made(world: World, database: str) -> None:
    """The first deployment of a development environment needs nobody to prepare it."""
    absent = f"{database}_made"
    world.change(database={"url": absent, "strategy": "rebuild"})
    schema(world, ITEM)
    world.commit()
    try:
        done = world.deploy(force=True)
        assert done["outcome"] == "success", done["error_message"]
        assert rows(absent, "SELECT count(*) FROM tb_item") == [(0,)]
    finally:
        with psycopg.connect(database, autocommit=True) as server:
            name = sql.Identifier(absent.rpartition("/")[2])
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def test_apply__server_is_away__is_told_and_the_old_release_serves(world: World) -> None:
    """The message is the server's own, and no password is in it."""
    good = world.commit()
    world.deploy()
    url = "postgresql://shop:a-password-of-the-shop@127.0.0.1:1/shop"
    world.change(database={"url": url, "backup": False})
    migration(world, 1, ITEM)
    world.commit(note="next")
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("failed", "migration-failed")
    assert "Connection refused" in done["error_message"]
    assert "a-password-of-the-shop" not in str(done)
    assert world.serves() == good
