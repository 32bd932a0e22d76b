"""Steps that judge lists within ``data`` and the views about the database itself."""

from __future__ import annotations

from typing import Any

from pytest_bdd import parsers, then

from conform.databases import digest
from conform.dialects.base import decoded
from conform.places import checkout
from conform.steps.database_answers import error_codes
from conform.steps.database_world import DatabaseWorld


def data_of(db: DatabaseWorld, view: str, key: str, value: str) -> dict[str, Any]:
    """``data`` of the one row of a view that has this key."""
    found = [decoded(row["data"]) for row in db.scratch.rows(f"SELECT data FROM {view}")]
    (row,) = (each for each in found if each[key] == value)
    return row


@then(parsers.re(r'the environments of "(?P<fraise>[^"]*)" are: (?P<names>.+)'))
def environments_are(db: DatabaseWorld, fraise: str, names: str) -> None:
    """Names of the environments nested in a fraise, in order."""
    environments = data_of(db, "v_fraise", "name", fraise)["environments"]
    assert [each["name"] for each in environments] == names.split()
    assert {each["fraise"] for each in environments} == {fraise}


@then(parsers.re(r"the steps of (?P<deployment>\S+) are: (?P<names>.+)"))
def steps_are(db: DatabaseWorld, deployment: str, names: str) -> None:
    """Names of the steps nested in a deployment, in order, numbered in that order."""
    steps = data_of(db, "v_deployment", "id", db.identity(deployment))["steps"]
    assert [each["step"] for each in steps] == names.split()
    assert [each["position"] for each in steps] == sorted(each["position"] for each in steps)


@then(parsers.re(r"the deployments of the webhook (?P<delivery>\S+) have the keys: (?P<keys>.+)"))
def webhook_deployments(db: DatabaseWorld, delivery: str, keys: str) -> None:
    """Keys of what is nested in a webhook."""
    deployments = data_of(db, "v_recent_webhooks", "delivery_id", delivery)["deployments"]
    assert deployments
    for each in deployments:
        assert sorted(each) == sorted(keys.split())


@then("the numbers of the events grow with pk_event")
def numbers_grow(db: DatabaseWorld) -> None:
    """``data.number`` is the number by which streams resume."""
    rows = db.scratch.rows("SELECT pk_event, data FROM v_event ORDER BY pk_event")
    assert rows
    assert [decoded(row["data"])["number"] for row in rows] == [row["pk_event"] for row in rows]


@then("v_error_code says what the specification says")
def error_codes_agree(db: DatabaseWorld) -> None:
    """Class, HTTP status, exit status of every code that SQL may give."""
    rows = db.scratch.rows(
        "SELECT code, error_class, http_status, exit_status, definite FROM v_error_code"
    )
    found = {
        row["code"]: (row["error_class"], row["http_status"], row["exit_status"], row["definite"])
        for row in rows
    }
    expected = {
        code: (meaning["class"], meaning["http"], meaning["exit"], meaning["definite"])
        for code, meaning in error_codes().items()
        if meaning.get("sql")
    }
    assert found == expected


@then("v_schema_version holds the migrations of db/ and the digest is theirs")
def migrations_are_recorded(db: DatabaseWorld) -> None:
    """One row for each file of ``migrations/``; the digest is that of the dialect's folder."""
    home = checkout() / "db" / db.scratch.dialect
    files = sorted(path.stem for path in (home / "migrations").glob("*.sql"))
    rows = db.scratch.rows("SELECT version, name FROM v_schema_version ORDER BY version")
    assert [f"{row['version']:04d}_{row['name']}" for row in rows] == files
    (row,) = db.scratch.rows("SELECT digest FROM v_schema_digest")
    assert row["digest"] == digest(home)
