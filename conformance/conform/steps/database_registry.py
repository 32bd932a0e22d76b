"""Steps that fill the registry of a database scenario."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pytest_bdd import parsers, step

from conform.steps.database_world import DatabaseWorld

Table = Sequence[Sequence[str]]

# The registry that most scenarios start from: always a second environment and a
# second fraise, so that a rule that reaches too far is seen.
USUAL: Table = (
    ("fraise", "type", "environment", "provider", "branch", "repository_key"),
    ("blog", "worker", "production", "local", "main", "forge.example/acme/blog"),
    ("shop", "api", "production", "local", "main", "forge.example/acme/shop"),
    ("shop", "api", "staging", "local", "dev", "forge.example/acme/shop"),
)


def records(table: Table) -> list[dict[str, str]]:
    """The rows of a table with a heading, as dictionaries."""
    heading, *rows = table
    return [dict(zip(heading, row, strict=True)) for row in rows]


def pairs(table: Table) -> dict[str, str]:
    """The rows of a table of two columns without a heading, as one dictionary."""
    return {row[0]: row[1] for row in table}


def registry_document(table: Table) -> dict[str, Any]:
    """The argument of ``fn_sync_registry`` for a table of environments."""
    fraises: dict[str, dict[str, Any]] = {}
    rules: dict[str, list[dict[str, str]]] = {"branch": [], "tag": []}
    for record in records(table):
        fraise = fraises.setdefault(record["fraise"], _fraise(record))
        fraise["environments"].append(_environment(record))
        place = {key: record[key] for key in ("fraise", "environment")}
        for kind, made in rules.items():
            made += [{kind: name} | place for name in record.get(kind, "").split()]
    return {
        "fraises": list(fraises.values()),
        "branch_mapping": rules["branch"],
        "tag_mapping": rules["tag"],
    }


def _fraise(record: dict[str, str]) -> dict[str, Any]:
    return {
        "name": record["fraise"],
        "type": record.get("type", "api"),
        "description": record.get("description") or None,
        "repository": record.get("repository") or None,
        "repository_key": record.get("repository_key") or None,
        "git_provider": record.get("git_provider", "github"),
        "only_provider": record.get("only_provider") or None,
        "reconcile": record.get("reconcile") == "true",
        "database": json.loads(record.get("database") or "null"),
        "config": json.loads(record.get("config") or "{}"),
        "environments": [],
    }


def _environment(record: dict[str, str]) -> dict[str, Any]:
    return {
        "name": record["environment"],
        "provider": record.get("provider", "local"),
        "target": json.loads(record.get("target") or "{}"),
        "database": json.loads(record.get("environment_database") or "null"),
        "config": json.loads(record.get("environment_config") or "{}"),
        "jobs": json.loads(record.get("jobs") or "[]"),
        "paths": record.get("paths", "").split() or None,
    }


@step("the usual registry")
def sync_the_usual_registry(db: DatabaseWorld) -> None:
    """Shop with production and staging, blog with production."""
    db.must("fn_sync_registry", registry=registry_document(USUAL), actor="setup")


@step("the registry holds:")
def sync_a_registry(db: DatabaseWorld, datatable: Table) -> None:
    """A registry of a scenario's own, as a set-up."""
    db.must("fn_sync_registry", registry=registry_document(datatable), actor="setup")


@step("the registry is synced with:")
def sync_a_table(db: DatabaseWorld, datatable: Table) -> None:
    """A sync under test, from a table."""
    db.call("fn_sync_registry", registry=registry_document(datatable), actor="alice")


@step("the registry is synced with the document:")
def sync_a_document(db: DatabaseWorld, docstring: str) -> None:
    """A sync under test, from the JSON itself."""
    db.call("fn_sync_registry", registry=json.loads(docstring), actor="alice")


@step("the usual registry is synced again")
def sync_again(db: DatabaseWorld) -> None:
    """A sync under test that changes nothing unless the world has changed."""
    db.call("fn_sync_registry", registry=registry_document(USUAL), actor="alice")


@step(parsers.re(r"(?P<fraise>[^/\s]+) has been removed from the registry"))
def remove_a_fraise(db: DatabaseWorld, fraise: str) -> None:
    """The usual registry without one fraise."""
    table = [row for row in USUAL if row[0] != fraise]
    db.must("fn_sync_registry", registry=registry_document(table), actor="setup")


@step(parsers.parse("{fraise}/{environment} has been removed from the registry"))
def remove_an_environment(db: DatabaseWorld, fraise: str, environment: str) -> None:
    """The usual registry without one environment."""
    table = [row for row in USUAL if (row[0], row[2]) != (fraise, environment)]
    db.must("fn_sync_registry", registry=registry_document(table), actor="setup")
