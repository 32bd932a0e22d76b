"""Both dialects are one database: the same objects, and the same answers to the same calls."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from conform.databases import Scratch, empty, installation, installed

ROOT = Path(__file__).resolve().parents[2]
SERVER = os.environ.get("FRAISIER_TEST_POSTGRESQL_URL", "")
DIALECTS = ("sqlite", "postgresql")
CALLS = Path(__file__).with_name("parity.yaml")
OLD_ROWS = Path(__file__).with_name("old_rows.sql")
UNSET = "FRAISIER_TEST_POSTGRESQL_URL is unset: no PostgreSQL to compare with"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
# What takes how long differs from run to run, and PostgreSQL leaves numbers of webhooks out.
DURATIONS = {"duration_seconds", "last_deploy_duration", "avg_duration", "as_of"}
COLUMNS = {
    "sqlite": "SELECT m.name AS object, c.name AS name FROM sqlite_master m"
    " JOIN pragma_table_info(m.name) c WHERE m.type = :kind ORDER BY m.name, c.cid",
    "postgresql": "SELECT c.table_name AS object, c.column_name AS name"
    " FROM information_schema.columns c JOIN information_schema.tables t USING (table_name)"
    " WHERE c.table_schema = 'public' AND t.table_type = CASE :kind WHEN 'view' THEN 'VIEW'"
    " ELSE 'BASE TABLE' END ORDER BY c.table_name, c.ordinal_position",
}
ARGUMENTS = (
    "SELECT proname AS object, unnest(proargnames) AS name FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'fn_') ORDER BY proname"
)
CODES = "SELECT code FROM v_error_code"
# Every view with data, and an order that is the same in both dialects.
ORDERS = {
    "v_fraise": "name",
    "v_environment": "fraise, name",
    "v_fraise_status": "fraise, environment",
    "v_deployment": "pk_deployment",
    "v_deployment_history": "pk_deployment",
    "v_deployment_stats": "fraise, environment",
    "v_deployment_outcome": "fraise, environment, started_at",
    "v_deployment_step": "(SELECT pk_deployment FROM v_deployment d WHERE d.id = deployment_id),"
    " attempt, position",
    "v_release": "pk_release",
    "v_recent_webhooks": "pk_webhook_event",
    "v_event": "pk_event",
    "v_notification": "pk_notification",
    "v_reconcile": "pk_reconcile",
    "v_worker": "worker",
    "v_api_token": "pk_api_token",
    "v_token_grant": "digest",
}
MIGRATED = {
    view: ORDERS[view]
    for view in ("v_fraise", "v_fraise_status", "v_deployment", "v_recent_webhooks", "v_event")
}
INDEXES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'ix_%'",
    "postgresql": "SELECT indexname AS name FROM pg_indexes WHERE indexname LIKE 'ix_%'",
}


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Scratch]]:
    """One installed database of each dialect."""
    if not SERVER:
        pytest.skip(UNSET)
    places = {"sqlite": str(tmp_path_factory.mktemp("sqlite")), "postgresql": SERVER}
    made = {dialect: installed(dialect, places[dialect], ROOT) for dialect in DIALECTS}
    yield made
    for scratch in made.values():
        scratch.drop()


def contract_files(dialect: str) -> set[str]:
    """The files of a dialect that the contract knows: all but its internals."""
    home = ROOT / "db" / dialect
    paths = (path.relative_to(home).as_posix() for path in home.rglob("*.sql"))
    return {path for path in paths if not path.startswith("functions/fx_")}


def columns(scratch: Scratch, kind: str) -> dict[str, list[str]]:
    """The columns of tables or views in their order, internals left out."""
    found: dict[str, list[str]] = {}
    for row in scratch.rows(COLUMNS[scratch.dialect], kind=kind):
        if not row["object"].startswith(("sqlite_", "fx_")):
            found.setdefault(row["object"], []).append(row["name"])
    return found


def calls() -> dict[str, list[Any]]:
    """What parity.yaml holds, by label."""
    found: dict[str, list[Any]] = yaml.safe_load(CALLS.read_text())
    return {label: call for label, call in found.items() if not label.startswith("_")}


@dataclass
class Conversation:
    """Calls made in one database, with what differs from run to run given names."""

    scratch: Scratch
    answers: dict[str, Any] = field(default_factory=dict[str, Any])
    entities: dict[str, str | None] = field(default_factory=dict[str, str | None])
    names: dict[str, str] = field(default_factory=dict[str, str])

    def hold(self) -> None:
        """Make all calls of the file, in its order."""
        for label, (function, *arguments) in calls().items():
            if function == "sql":
                self.scratch.execute(arguments[0])
            else:
                self.call(label, function, *arguments)

    def call(self, label: str, function: str, given: Mapping[str, Any]) -> None:
        """Call a function; ``@label`` as a value is the entity of an earlier answer."""
        arguments = {key: self.entities.get(str(value), value) for key, value in given.items()}
        command_id = arguments.pop("command_id", f"command-{label}")
        answer = self.scratch.call(f"fn_{function}", command_id, **arguments)
        self.entities[f"@{label}"] = answer["entity_id"]
        self.answers[label] = self.comparable(answer)

    def comparable(self, value: Any, key: str = "") -> Any:
        """The value with ids, times and durations replaced by what they stand for."""
        if isinstance(value, Mapping):
            items = cast(Mapping[str, Any], value)
            return {name: self.comparable(items[name], name) for name in sorted(items)}
        if isinstance(value, list):
            return [self.comparable(item) for item in cast(list[Any], value)]
        if isinstance(value, str) and TIME.fullmatch(value):
            return "a time"
        if isinstance(value, str):
            return UUID.sub(lambda found: self.name_of(found.group()), value)
        return "a duration" if key in DURATIONS and value is not None else value

    def name_of(self, identifier: str) -> str:
        """An id's name: its number in the order of appearance."""
        return self.names.setdefault(identifier, f"id {len(self.names) + 1}")

    def view(self, name: str, order: str) -> list[Any]:
        """Every ``data`` of a view."""
        rows = self.scratch.rows(f"SELECT data FROM {name} ORDER BY {order}")
        return [self.comparable(row["data"]) for row in rows]


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Conversation]]:
    """A database of version 0.1 in each dialect, with the same rows, brought up to date."""
    if not SERVER:
        pytest.skip(UNSET)
    places = {"sqlite": str(tmp_path_factory.mktemp("migrated")), "postgresql": SERVER}
    made = {dialect: Conversation(empty(dialect, places[dialect])) for dialect in DIALECTS}
    for dialect, conversation in made.items():
        folder = ROOT / "db" / dialect / "migrations"
        old, *new = (path.read_text() for path in sorted(folder.glob("*.sql")))
        conversation.scratch.script(f"{old}\n{OLD_ROWS.read_text()}")
        conversation.scratch.script("\n".join([*new, *installation(ROOT / "db", dialect)[1:]]))
        conversation.call("sync", "sync_registry", calls()["larger registry"][1])
        conversation.call("claim", "claim_deployment", {"worker": "w", "lease_seconds": 60})
    yield made
    for conversation in made.values():
        conversation.scratch.drop()


@pytest.fixture(scope="module")
def conversations(databases: dict[str, Scratch]) -> Iterator[dict[str, Conversation]]:
    """The same calls, held in a copy of each database."""
    held = {dialect: Conversation(databases[dialect].clone()) for dialect in DIALECTS}
    for conversation in held.values():
        conversation.hold()
    yield held
    for conversation in held.values():
        conversation.scratch.drop()


def test_files__both_dialects__have_the_same_names() -> None:
    """Each object of the contract has a file of its name in every dialect."""
    assert contract_files("sqlite") == contract_files("postgresql")


def test_objects__list__names_every_view_and_function() -> None:
    """objects.txt holds exactly the files of views/ and functions/."""
    listed = [f"{line}.sql" for line in (ROOT / "db/objects.txt").read_text().split()]
    made = {name for name in contract_files("sqlite") if name.startswith(("views/", "functions/"))}
    assert sorted(listed) == sorted(made)


@pytest.mark.parametrize("kind", ["table", "view"])
def test_columns__both_dialects__are_the_same(databases: dict[str, Scratch], kind: str) -> None:
    """Tables, and views but for fn_*, have the same columns in the same order."""
    sqlite, postgresql = (columns(databases[dialect], kind) for dialect in DIALECTS)
    assert len(postgresql) >= 12
    assert {name: sqlite[name] for name in sqlite if not name.startswith("fn_")} == postgresql


def test_arguments__both_dialects__are_the_same(databases: dict[str, Scratch]) -> None:
    """Functions take the same arguments in the same order, with p_ before them in PostgreSQL."""
    found: dict[str, list[str]] = {}
    for row in databases["postgresql"].rows(ARGUMENTS):
        found.setdefault(row["object"], []).append(row["name"].removeprefix("p_"))
    views = columns(databases["sqlite"], "view")
    assert found == {name: views[name] for name in views if name.startswith("fn_")}


def test_indexes__both_dialects__are_the_same(databases: dict[str, Scratch]) -> None:
    """Indexes that are made by name are made in both."""
    sqlite, postgresql = (
        {row["name"] for row in databases[dialect].rows(INDEXES[dialect])} for dialect in DIALECTS
    )
    assert sqlite == postgresql != set()


def test_answers__same_calls__are_the_same(conversations: dict[str, Conversation]) -> None:
    """Every answer, refusals included, has the same columns with the same content."""
    sqlite, postgresql = (conversations[dialect].answers for dialect in DIALECTS)
    differing = [label for label in sqlite if sqlite[label] != postgresql[label]]
    for label in differing[:1]:
        assert sqlite[label] == postgresql[label], label
    assert len(sqlite) > 100


def test_answers__calls__reach_every_outcome(conversations: dict[str, Conversation]) -> None:
    """No code that SQL gives is left out of the comparison."""
    answers = conversations["sqlite"].answers.values()
    codes = {row["code"] for row in conversations["sqlite"].scratch.rows(CODES)}
    assert codes <= {answer["status_detail"] for answer in answers}


@pytest.mark.parametrize(("view", "order"), sorted(ORDERS.items()))
def test_data__same_calls__is_the_same(
    conversations: dict[str, Conversation], view: str, order: str
) -> None:
    """Every view shows the same rows, keys and values after the same calls."""
    sqlite, postgresql = (conversations[dialect].view(view, order) for dialect in DIALECTS)
    assert sqlite
    assert sqlite == postgresql


@pytest.mark.parametrize(("view", "order"), sorted(MIGRATED.items()))
def test_migration__same_old_rows__is_the_same(
    migrated: dict[str, Conversation], view: str, order: str
) -> None:
    """What a database of version 0.1 held shows alike after the migrations."""
    sqlite, postgresql = (migrated[dialect].view(view, order) for dialect in DIALECTS)
    assert sqlite
    assert sqlite == postgresql


def test_migration__first_calls__are_answered_alike(migrated: dict[str, Conversation]) -> None:
    """The calls that follow a migration find the same state."""
    sqlite, postgresql = (migrated[dialect].answers for dialect in DIALECTS)
    assert sqlite == postgresql
    assert sqlite["claim"]["status_detail"] == "claimed"
