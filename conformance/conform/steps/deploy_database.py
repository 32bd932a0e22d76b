"""Steps about a database of the fraise itself, which deployments back up and migrate."""

from __future__ import annotations

import os
import re
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml
from psycopg import sql
from pytest_bdd import given, then, when

from conform.databases import Scratch
from conform.steps.deploy import SECRET, Deploying, split
from conform.steps.deploy_sentences import sentence
from conform.world.waiting import eventually

VERSION = "2026010100000{number}"
TABLE = "CREATE TABLE {name} (pk BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note TEXT);"
PGGIT = """
CREATE SCHEMA pggit;
CREATE TABLE pggit.noted (message TEXT);
CREATE FUNCTION pggit.commit(p_message TEXT) RETURNS BIGINT LANGUAGE sql AS
$$ INSERT INTO pggit.noted VALUES (p_message); SELECT count(*) FROM pggit.noted; $$;
"""
COMPILER = """#!/bin/sh
[ "$1 $3" = "compile -o" ] && cp "$2" "$4"
"""


@pytest.fixture
def fraise_database(deploying: Deploying, request: pytest.FixtureRequest) -> str:
    """The address of an empty PostgreSQL database beside that of the scenario."""
    place, name = deploying.subject.scratch.place, f"fraise_{uuid.uuid4().hex[:12]}"
    assert deploying.subject.scratch.dialect == "postgresql", "the scenario lacks @postgresql"
    _administer(place, "CREATE DATABASE {}", name)
    request.addfinalizer(lambda: _administer(place, "DROP DATABASE {} WITH (FORCE)", name))
    parts = urlsplit(place)
    user, _, host = parts.netloc.rpartition("@")
    # The password is a secret to be hidden; a server that trusts everybody asks for none.
    password = parts.password or SECRET
    netloc = f"{user.partition(':')[0] or 'postgres'}:{password}@{host}"
    return parts._replace(netloc=netloc, path=f"/{name}").geturl()


def _administer(place: str, statement: str, name: str) -> None:
    with psycopg.connect(place, autocommit=True) as server:
        server.execute(sql.SQL(statement).format(sql.Identifier(name)))  # type: ignore[arg-type]


def _rows(address: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(address) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def _set(deploying: Deploying, fraise: str, database: dict[str, Any]) -> None:
    workspace = deploying.subject.workspace
    document = yaml.safe_load(workspace.config.read_text())
    document["fraises"][fraise].setdefault("database", {}).update(database)
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


@given(sentence('"{fraise}" has a PostgreSQL database of its own'))
def own_postgresql(deploying: Deploying, fraise_database: str, fraise: str) -> None:
    """Its address, with a password, in the configuration."""
    _set(deploying, fraise, {"type": "postgresql", "url": fraise_database})


@given(sentence('"{fraise}" has an SQLite database with a row of its own'))
def own_sqlite(deploying: Deploying, fraise: str) -> None:
    """A file that the service is said to write."""
    path = deploying.subject.workspace.folder / f"{fraise}.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE item (note TEXT)")
        connection.execute("INSERT INTO item VALUES ('its own')")
        connection.commit()
    _set(deploying, fraise, {"type": "sqlite", "path": str(path)})


@given(sentence('the database of "{fraise}" is that of Fraisier'))
def own_is_fraisiers(deploying: Deploying, fraise: str) -> None:
    """The address that the implementation itself is given."""
    scratch = deploying.subject.scratch
    _set(deploying, fraise, {"type": scratch.dialect, "url": scratch.url})


@given(sentence('the database of "{fraise}" is that of Fraisier under another name'))
def own_is_fraisiers_alias(deploying: Deploying, fraise: str) -> None:
    """The same server and database, in other words: 127.1 is 127.0.0.1."""
    url = re.sub(
        r"(?<=[@/])(127\.0\.0\.1|localhost)(?=[:/])", "127.1", deploying.subject.scratch.url
    )
    _set(deploying, fraise, {"type": "postgresql", "url": url})


@given(sentence('its database has "{settings}"'))
@when(sentence('its database has "{settings}"'))
def settings_of_database(deploying: Deploying, settings: str) -> None:
    """Further keys of the database, as YAML has them on one line."""
    _set(deploying, "shop", yaml.safe_load(f"{{{settings}}}"))


@given(sentence('migration {number:d} makes the table "{table}"'))
@when(sentence('migration {number:d} makes the table "{table}"'))
def makes_table(deploying: Deploying, number: int, table: str) -> None:
    """A migration that goes both ways."""
    _migration(deploying, number, TABLE.format(name=table), f"DROP TABLE {table};")


@given(sentence('migration {number:d} drops a column of "{table}"'))
def drops_column(deploying: Deploying, number: int, table: str) -> None:
    """A migration that code which ran before may not survive."""
    up, down = "DROP COLUMN note;", "ADD COLUMN note TEXT;"
    _migration(deploying, number, f"ALTER TABLE {table} {up}", f"ALTER TABLE {table} {down}")


@given(sentence("migration {number:d} is no SQL"))
def broken_migration(deploying: Deploying, number: int) -> None:
    """A migration that the server refuses."""
    _migration(deploying, number, "CREATE TABLE (;", "SELECT 1;")


@given(sentence('migration {number:d} makes the table "{table}" slowly'))
def slow_migration(deploying: Deploying, number: int, table: str) -> None:
    """A migration that a worker can be killed in."""
    text = f"{TABLE.format(name=table)}\nSELECT pg_sleep(3);"
    _migration(deploying, number, text, f"DROP TABLE {table};")


@given(sentence('the schema makes the table "{table}"'))
def whole_schema(deploying: Deploying, table: str) -> None:
    """The schema as it is built anew."""
    files = {"db/schema/010_tables.sql": TABLE.format(name=table)}
    deploying.subject.workspace.repository.commit_files(files, "schema")


@given(sentence('the database has a table "{table}"'))
def table_there(fraise_database: str, table: str) -> None:
    """Made by nobody of Fraisier's."""
    with psycopg.connect(fraise_database) as connection:
        connection.execute(TABLE.format(name=table))  # type: ignore[arg-type]


@given("the database answers to pgGit")
def pggit_there(fraise_database: str) -> None:
    """The one function of the extension that a deployment calls."""
    with psycopg.connect(fraise_database) as connection:
        connection.execute(PGGIT)  # type: ignore[arg-type]


def _migration(deploying: Deploying, number: int, up: str, down: str) -> None:
    name = f"db/migrations/{VERSION.format(number=number)}_step"
    files = {f"{name}.up.sql": up, f"{name}.down.sql": down}
    deploying.subject.workspace.repository.commit_files(files, f"migration {number}")


@when(sentence('"{place}" is deployed where "{program}" is not installed'))
def deploy_without(deploying: Deploying, place: str, program: str) -> None:
    """A search path with everything but that program."""
    folder = deploying.subject.workspace.folder / "programs"
    folder.mkdir()
    for each in os.environ.get("PATH", os.defpath).split(os.pathsep):
        for path in Path(each).iterdir() if Path(each).is_dir() else ():
            link = folder / path.name
            if path.name != program and not link.is_symlink():
                link.symlink_to(path)
    words = ("deploy", *split(place), "--json")
    deploying.result = deploying.subject.cli(*words, env={"PATH": str(folder)})
    deploying.last = deploying.result.lines()[-1]["deployment"]


@when(sentence("migration {number:d} is being applied"))
def being_applied(deploying: Deploying, fraise_database: str, number: int) -> None:
    """The server itself says that it is at work."""
    query = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = "
    name = urlsplit(fraise_database).path.strip("/")
    place = deploying.subject.scratch.place
    eventually(lambda: bool(_rows(place, f"{query}'{name}'")), f"migration {number} runs", 40)


@then(sentence("migration {number:d} was applied once"))
def applied_once(fraise_database: str, number: int) -> None:
    """In the tool's own records."""
    query = f"SELECT 1 FROM tb_confiture WHERE version = '{VERSION.format(number=number)}'"
    assert len(_rows(fraise_database, query)) == 1


@then(sentence('the database has the table "{table}"'))
def has_table(fraise_database: str, table: str) -> None:
    """It is there."""
    assert _rows(fraise_database, f"SELECT to_regclass('{table}')") == [(table,)]


@then(sentence('the database has no table "{table}"'))
def has_no_table(fraise_database: str, table: str) -> None:
    """It is not there."""
    assert _rows(fraise_database, f"SELECT to_regclass('{table}')") == [(None,)]


@then(sentence('the table "{table}" has {count:d} rows'))
def has_rows(fraise_database: str, table: str, count: int) -> None:
    """Counted."""
    assert _rows(fraise_database, f"SELECT count(*) FROM {table}") == [(count,)]


@then(sentence("pgGit has a commit that names migration {number:d}"))
def pggit_commit(fraise_database: str, number: int) -> None:
    """One commit, with the version in its message."""
    found = _rows(fraise_database, "SELECT message FROM pggit.noted")
    assert len(found) == 1
    assert VERSION.format(number=number) in found[0][0]


@then(sentence('the release of version "{version}" records migration {number:d}'))
def records(deploying: Deploying, version: str, number: int) -> None:
    """The head of the database is of one piece with the release."""
    query = "SELECT migration_head FROM tb_release WHERE git_commit = :commit"
    found = deploying.subject.scratch.row(query, commit=deploying.commits[version])
    assert found["migration_head"] == VERSION.format(number=number)


@then(sentence('its step "{step}" is "{state}" and says "{text}"'))
def step_says(deploying: Deploying, step: str, state: str, text: str) -> None:
    """State and message of a step of the last attempt."""
    found = _step(deploying, step)
    assert found["state"] == state, f"it is {found}"
    assert text in found["message"], f"it says {found['message']!r}"


@then(sentence('its backup is a whole database of "{kind}"'))
def backup_is_whole(deploying: Deploying, kind: str) -> None:
    """The file that the step names can be read back."""
    named = [Path(word) for word in _step(deploying, "backup")["message"].split() if "/" in word]
    assert len(named) == 1, f"the step names {named}"
    (path,) = named
    if kind == "postgresql":
        assert path.read_bytes()[:5] == b"PGDMP"
        return
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT note FROM item").fetchall() == [("its own",)]


@then("its message names a backup that is there")
def message_names_backup(deploying: Deploying) -> None:
    """Who reads the error knows the way back."""
    words = deploying.history()[0]["error_message"].split()
    assert any(word.startswith("/") and Path(word).is_file() for word in words), words


@then(sentence('the service of "{place}" has the address of its database'))
def service_has_address(deploying: Deploying, fraise_database: str, place: str) -> None:
    """In DATABASE_URL, whole."""
    seen = deploying.subject.workspace.service_environment(*split(place))
    assert seen["DATABASE_URL"] == fraise_database


@then("the records of Fraisier are all there")
def records_there(deploying: Deploying) -> None:
    """Nothing was dropped: the history can be read."""
    scratch: Scratch = deploying.subject.scratch
    assert scratch.rows("SELECT 1 AS one FROM tb_deployment")


@then(sentence('Fraisier\'s database has no table "{table}"'))
def records_without(deploying: Deploying, table: str) -> None:
    """Nothing was added to it either."""
    found = deploying.subject.scratch.rows("SELECT to_regclass(:name) AS place", name=table)
    assert [row["place"] for row in found] == [None]


def _step(deploying: Deploying, name: str) -> dict[str, Any]:
    steps: list[dict[str, Any]] = list(deploying.last["steps"])
    last = max(step["attempt"] for step in steps)
    found = [step for step in steps if step["step"] == name and step["attempt"] == last]
    assert len(found) == 1, f"{len(found)} steps {name}: {steps}"
    return found[0]


@given("the release has a GraphQL schema")
def graphql_schema(deploying: Deploying) -> None:
    """What the command line of the engine takes."""
    files = {"schema.json": '{"version": "2.0.0", "types": []}\n'}
    deploying.subject.workspace.repository.commit_files(files, "schema")


@when(sentence('"{place}" is deployed where fraiseql-cli is installed'))
def deploy_with_compiler(deploying: Deploying, place: str) -> None:
    """A stand-in with the command line of the real one: `compile INPUT -o OUTPUT`."""
    folder = deploying.subject.workspace.folder / "programs"
    folder.mkdir()
    program = folder / "fraiseql-cli"
    program.write_text(COMPILER)
    program.chmod(0o755)
    path = os.pathsep.join((str(folder), os.environ.get("PATH", os.defpath)))
    deploying.result = deploying.subject.cli("deploy", *split(place), "--json", env={"PATH": path})
    deploying.last = deploying.result.lines()[-1]["deployment"]
