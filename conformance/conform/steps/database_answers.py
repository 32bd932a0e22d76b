"""Steps that judge the answer of the last call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import yaml
from pytest_bdd import parsers, then

from conform.dialects.base import COLUMNS, decoded
from conform.places import checkout
from conform.steps.database_registry import pairs, records
from conform.steps.database_world import DatabaseWorld

Table = Sequence[Sequence[str]]


@cache
def error_codes() -> Mapping[str, Mapping[str, Any]]:
    """``spec/errors.yaml``: what each code means."""
    return yaml.safe_load((checkout() / "spec" / "errors.yaml").read_text())["codes"]


def facts(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an answer that the contract names."""
    return {column: answer[column] for column in COLUMNS}


def expect(db: DatabaseWorld, expected: Mapping[str, str], actual: Mapping[str, Any]) -> None:
    """Every expected key is there and holds what its cell says."""
    wrong = {
        key: (text, actual.get(key, "(absent)"))
        for key, text in expected.items()
        if key not in actual or not db.matches(text, actual[key])
    }
    assert not wrong, f"expected and found differ: {wrong}"


@then(parsers.re(r'the answer is "(?P<outcome>[^"]+)"'))
def outcome_is(db: DatabaseWorld, outcome: str) -> None:
    """The call was allowed, with this outcome, and something has changed."""
    _succeeded(db, outcome, changed=True)


@then(parsers.re(r'the answer is "(?P<outcome>[^"]+)" and nothing changed'))
def outcome_without_change(db: DatabaseWorld, outcome: str) -> None:
    """The call was allowed, with this outcome, and no row but the command's was written."""
    _succeeded(db, outcome, changed=False)
    nothing_written(db)


def _succeeded(db: DatabaseWorld, outcome: str, *, changed: bool) -> None:
    answer = db.answer
    assert answer["status_detail"] == outcome, f"the answer is {facts(answer)}"
    assert bool(answer["succeeded"]) is True
    assert bool(answer["state_changed"]) is changed
    assert answer["error_class"] is None
    assert answer["error_detail"] is None


@then(parsers.re(r'it is refused with "(?P<code>[^"]+)"(?: of "(?P<argument>[^"]+)")?'))
def refused(db: DatabaseWorld, code: str, argument: str | None) -> None:
    """A refusal as ``spec/errors.yaml`` has it, which wrote the command's own row only."""
    answer, meaning = db.answer, error_codes()[code]
    assert answer["status_detail"] == code, f"the answer is {facts(answer)}"
    assert bool(answer["succeeded"]) is False
    assert bool(answer["state_changed"]) is False
    assert (answer["error_class"], answer["http_status"]) == (meaning["class"], meaning["http"])
    named = answer["error_detail"].get("argument")
    detail = {"code": code} | ({"argument": named} if code == "invalid-argument" else {})
    assert answer["error_detail"] == detail
    assert argument is None or named == argument
    assert (answer["entity"], answer["entity_id"], answer["cascade"]) == (None, None, None)
    assert (answer["metadata"], list(answer["updated_fields"])) == ({}, [])
    nothing_written(db)
    assert len(_commands(db)) == 1, "a refusal writes the command's own row"


def nothing_written(db: DatabaseWorld) -> None:
    """No row of any table is different after the call, commands aside."""
    assert db.changes() == []


def _commands(db: DatabaseWorld) -> list[Mapping[str, Any]]:
    old = {row["command_id"] for row in db.before.of_table("tb_command")}
    return [row for row in db.rows.of_table("tb_command") if row["command_id"] not in old]


@then(parsers.re(r'the message is "(?P<message>.+)"'))
def message_is(db: DatabaseWorld, message: str) -> None:
    """The sentence of ``db/README.md``, word for word; ids may be given by their names."""
    expected = db.read(message)
    assert db.answer["message"] == expected


@then(parsers.re(r'the answer is about "(?P<outcome>[^"]+)"'))
def outcome_of_either_kind(db: DatabaseWorld, outcome: str) -> None:
    """The call was allowed, with this outcome, whether or not it says that it changed anything."""
    assert bool(db.answer["succeeded"]) is True
    assert db.answer["status_detail"] == outcome


@then(parsers.re(r'the answer is about the "(?P<kind>\w+)" (?P<label>\S+)'))
def entity_of_kind(db: DatabaseWorld, kind: str, label: str) -> None:
    """Type and id of a row whose table is called like the type."""
    row = db.rows.labelled(f"tb_{kind.lower()}", label, db.names)
    assert (db.answer["entity_type"], db.answer["entity_id"]) == (kind, row["id"])


@then("the entity is the same as the first time")
def same_entity(db: DatabaseWorld) -> None:
    """The entity of the first answer, key for key."""
    assert db.answer["entity"] == db.remembered["first answer"]["entity"]


@then(parsers.parse("the HTTP status is {status:d}"))
def http_status_is(db: DatabaseWorld, status: int) -> None:
    """``http_status`` of the answer."""
    assert db.answer["http_status"] == status


@then(parsers.re(r"the updated fields are (?P<fields>.+)"))
def updated_fields_are(db: DatabaseWorld, fields: str) -> None:
    """``updated_fields``, separated by spaces; ``none`` for no field."""
    expected = [] if fields == "none" else fields.split()
    assert list(db.answer["updated_fields"]) == expected


@then("the answer has no entity")
def no_entity(db: DatabaseWorld) -> None:
    """``entity`` is NULL."""
    assert db.answer["entity"] is None


@then(parsers.re(r"the entity is (?P<kind>\w+) (?P<name>\S+)"))
def entity_is(db: DatabaseWorld, kind: str, name: str) -> None:
    """Type and id, and the entity shows the same id when there is one."""
    assert (db.answer["entity_type"], db.answer["entity_id"]) == (kind, db.identity(name))
    assert (db.answer["entity"] or {"id": db.identity(name)})["id"] == db.identity(name)


@then(parsers.re(r"the entity is what (?P<view>v_\w+) shows"))
def entity_is_data(db: DatabaseWorld, view: str) -> None:
    """``entity`` equals ``data`` of the view's row with its id."""
    entity = db.answer["entity"]
    shown = [row["data"] for row in db.scratch.rows(f"SELECT data FROM {view}")]
    assert entity in [decoded(data) for data in shown], f"{entity} is not among {shown}"


@then("the entity has:")
def entity_has(db: DatabaseWorld, datatable: Table) -> None:
    """Some keys of the entity."""
    expect(db, pairs(datatable), db.answer["entity"])


@then("the metadata is:")
def metadata_is(db: DatabaseWorld, datatable: Table) -> None:
    """The metadata: these keys with these values and no other key."""
    expected = pairs(datatable)
    assert sorted(db.answer["metadata"]) == sorted(expected)
    expect(db, expected, db.answer["metadata"])


@then("the metadata has:")
def metadata_has(db: DatabaseWorld, datatable: Table) -> None:
    """Some keys of the metadata."""
    expect(db, pairs(datatable), db.answer["metadata"])


@then("the metadata is empty")
def metadata_is_empty(db: DatabaseWorld) -> None:
    """``metadata`` is an empty object."""
    assert db.answer["metadata"] == {}


@then(parsers.re(r"the cascade is (?P<names>.+)"))
def cascade_is(db: DatabaseWorld, names: str) -> None:
    """The other entities that changed, as ``Type name``, comma-separated; ``nothing`` for NULL."""
    if names == "nothing":
        assert db.answer["cascade"] is None
        return
    expected = [
        {"type": kind, "id": db.identity(name)}
        for kind, name in (pair.split() for pair in names.split(", "))
    ]
    found = db.answer["cascade"]["updated"]
    assert sorted(map(str, found_pairs(found))) == sorted(map(str, found_pairs(expected)))


def found_pairs(updated: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    """Entries of ``cascade.updated`` as pairs."""
    return [(entry["type"], entry["id"]) for entry in updated]


@then("it answers the same as the first time and nothing changed")
def same_answer(db: DatabaseWorld) -> None:
    """A replay: the first answer in every column, and no row at all was written."""
    assert facts(db.answer) == facts(db.remembered["first answer"])
    nothing_written(db)
    assert _commands(db) == [], "a replay writes no command"


@then("the answer has all columns")
def all_columns(db: DatabaseWorld) -> None:
    """The thirteen columns of ``mutation_response`` are there."""
    assert set(COLUMNS) <= set(db.answer)


@then(parsers.re(r"the (?P<which>current|target) release that the worker is told has:"))
def told_release(db: DatabaseWorld, which: str, datatable: Table) -> None:
    """Some keys of ``metadata.current_release`` or ``metadata.target_release``."""
    expect(db, pairs(datatable), db.answer["metadata"][f"{which}_release"])


@then("the steps that the worker is told are:")
def told_steps(db: DatabaseWorld, datatable: Table) -> None:
    """``metadata.steps``, oldest first."""
    expected, found = records(datatable), db.answer["metadata"]["steps"]
    assert len(found) == len(expected), f"found {found}"
    for line, step in zip(expected, found, strict=True):
        expect(db, line, step)
