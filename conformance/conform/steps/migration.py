"""Steps about Fraisier's own database in other versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd import given, parsers, then, when

from conform.databases import Scratch, empty
from conform.session import Session
from conform.world.subject import Result, Subject

OLD_ROWS = """
INSERT INTO tb_deployment_request (id, fraise, environment, requested_at, requested_by,
    trigger_type, status, git_branch, git_commit, target_provider)
VALUES (7, 'shop', 'production', '2025-01-02 03:04:05', 'ada', 'webhook', 'completed', 'main',
    'abcdef1234567', 'bare-metal');
INSERT INTO tb_deployment (id, fk_request, fraise, environment, started_at, completed_at,
    duration_seconds, old_version, new_version, status, target_provider, git_commit, git_branch)
VALUES (9, 7, 'shop', 'production', '2025-01-02 03:04:06', '2025-01-02 03:04:36', 30.0, '1.0',
    '1.1', 'success', 'bare-metal', 'abcdef1234567', 'main');
INSERT INTO tb_fraise_state (id, fraise, environment, current_version, last_deployed_at,
    last_deployed_by, status, target_provider)
VALUES (3, 'shop', 'production', '1.1', '2025-01-02 03:04:36', 'ada', 'healthy', 'bare-metal');
INSERT INTO tb_webhook_event (id, received_at, provider, event_type, branch, commit_sha, sender,
    payload, processed, fk_deployment)
VALUES (4, '2025-01-02 03:04:05', 'github', 'push', 'main', 'abcdef1234567', 'ada', '{}', 1, 9);
"""


@dataclass(slots=True)
class OtherDatabase:
    """A database beside the scenario's own, and what commands on it said."""

    subject: Subject
    database: Scratch
    result: Result | None = None

    def run(self, *arguments: str) -> Result:
        """Run a command on this database."""
        env = {"FRAISIER_DATABASE_URL": self.database.url}
        self.result = self.subject.cli(*arguments, "--json", env=env)
        return self.result

    @property
    def said(self) -> Any:
        """The last command's JSON."""
        assert self.result is not None, "no command was run"
        return self.result.json()


@pytest.fixture
def other(implementation: Subject, scratch: Scratch) -> Iterator[OtherDatabase]:
    """An empty database."""
    database = empty(scratch.dialect, scratch.place)
    yield OtherDatabase(implementation, database)
    database.drop()


@given("a database of version 0.1 with history")
def old_database(other: OtherDatabase, session: Session) -> None:
    """The tables and views of the first version, with a row in each table."""
    folder = Path(session.checkout) / "db" / other.database.dialect / "migrations"
    other.database.script((folder / "0001_initial.sql").read_text() + OLD_ROWS)
    other.database.close()


@given("an empty database")
def empty_database(other: OtherDatabase) -> None:
    """Nothing is installed in it."""
    other.database.close()


@given("it was migrated")
@when("it is migrated")
def migrate(other: OtherDatabase) -> None:
    """``db migrate``."""
    other.run("db", "migrate")


@given("a later version has migrated it further")
def later(other: OtherDatabase) -> None:
    """A migration that this version does not know."""
    other.database.script("INSERT INTO tb_schema_version (version, name) VALUES (99, 'later');")
    other.database.close()


@when(parsers.parse('"{command}" is run on it'))
def run(other: OtherDatabase, command: str) -> None:
    """Any command."""
    other.run(*command.split())


@when("two processes migrate it at once")
def race(other: OtherDatabase) -> None:
    """Both start before either ends."""
    env = {"FRAISIER_DATABASE_URL": other.database.url}
    racers = [other.subject.spawn("db", "migrate", "--json", env=env) for _ in range(2)]
    statuses = [racer.wait() for racer in racers]
    assert statuses == [0, 0], [racer.tail() for racer in racers]
    other.run("db", "status")


@then("the database is up to date")
def is_current(other: OtherDatabase) -> None:
    """The last command said so, with equal versions."""
    said = other.said
    assert said["current"] is True, said
    assert said["version"] == said["newest"] > 1


@then(parsers.parse("the database is at version {version:d}"))
def is_at(other: OtherDatabase, version: int) -> None:
    """The last command said so."""
    assert (other.said["version"], other.said["current"]) == (version, False)


@then(parsers.parse('it is refused because of "{code}"'))
def refused(other: OtherDatabase, code: str) -> None:
    """The command failed with this code."""
    assert other.result is not None
    assert other.result.exit != 0
    assert other.said["error"]["code"] == code


@then("the old deployment is in the history")
def old_history(other: OtherDatabase) -> None:
    """With its values and with its times in RFC 3339."""
    (old,) = other.run("history", "--json").json()["deployments"]
    assert (old["fraise"], old["environment"], old["outcome"]) == ("shop", "production", "success")
    assert old["started_at"] == "2025-01-02T03:04:06.000Z"
    assert old["git_commit"] == "abcdef1234567"
    assert old["duration_seconds"] == 30


@then("the old webhook is among the webhooks")
def old_webhook(other: OtherDatabase) -> None:
    """With its values."""
    (old,) = other.run("webhooks", "--json").json()["webhooks"]
    assert (old["branch"], old["commit_sha"], old["sender"]) == ("main", "abcdef1234567", "ada")


@then(parsers.parse('the service\'s version is still "{version}"'))
def old_version(other: OtherDatabase, version: str) -> None:
    """What was serving is still known to serve, once the registry names it."""
    other.database.close()
    plan = other.run("deploy", "shop", "production", "--no-wait")
    assert plan.exit == 0, plan.stdout
    said = other.run("status", "shop", "production").json()
    assert (said["current_version"], said["status"]) == (version, "HEALTHY")


@then("it has no history")
def no_history(other: OtherDatabase) -> None:
    """A new database knows nothing."""
    assert other.run("history").json() == {"deployments": []}
