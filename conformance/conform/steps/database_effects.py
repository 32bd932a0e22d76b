"""Steps that judge what a call has written and what the views show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_bdd import parsers, then

from conform.dialects.base import decoded
from conform.steps.database_answers import expect
from conform.steps.database_registry import pairs, records
from conform.steps.database_rows import Change
from conform.steps.database_values import plain
from conform.steps.database_world import DatabaseWorld

Table = Sequence[Sequence[str]]


@then("nothing was written")
def nothing_was_written(db: DatabaseWorld) -> None:
    """No table is different, commands aside."""
    assert db.changes() == []


@then("the call wrote exactly:")
def written(db: DatabaseWorld, datatable: Table) -> None:
    """
    All rows that the call added, changed (with the columns) or removed, and no
    other row of any table: ``| changed | tb_deployment A | status worker |``.
    """
    expected = sorted(
        Change(kind, row, tuple(sorted(columns.split()))) for kind, row, columns in datatable
    )
    found = db.changes()
    missing = [change for change in expected if change not in found]
    surplus = [change for change in found if change not in expected]
    assert found == expected, f"not written: {missing}; written too: {surplus}"


@then("the call wrote among others:")
def written_too(db: DatabaseWorld, datatable: Table) -> None:
    """Rows that the call wrote, without a word on others."""
    found = {(change.kind, change.row) for change in db.changes()}
    for kind, row in datatable:
        assert (kind, row) in found, f"written: {found}"


@then("the events of the call are:")
def events_are(db: DatabaseWorld, datatable: Table) -> None:
    """The rows that the call added to the event log, in order; ``payload`` is complete."""
    old = {row["pk_event"] for row in db.before.of_table("tb_event")}
    found = [row for row in db.rows.of_table("tb_event") if row["pk_event"] not in old]
    expected = records(datatable)
    assert [row["event_type"] for row in found] == [line["event_type"] for line in expected]
    for line, row in zip(expected, found, strict=True):
        expect(db, {key: text for key, text in line.items() if key != "payload"}, row)
        if line.get("payload"):
            _payload_is(db, line["payload"], row["payload"])


def _payload_is(db: DatabaseWorld, expected: str, found: Mapping[str, Any]) -> None:
    """``key=value`` pairs divided by ``;``: all keys of the payload and their values."""
    cells = dict(pair.strip().split("=", 1) for pair in expected.split(";"))
    assert sorted(found) == sorted(cells)
    expect(db, cells, found)


@then(parsers.re(r"(?P<table>tb_\w+) (?P<label>\S+(?: \S+/\S+)?) has:"))
def row_has(db: DatabaseWorld, table: str, label: str, datatable: Table) -> None:
    """Some columns of the one row that scenarios call by this label."""
    expect(db, pairs(datatable), db.rows.labelled(table, label, db.names))


@then("the row of the registry has:")
def registry_has(db: DatabaseWorld, datatable: Table) -> None:
    """Some columns of the one row of ``tb_registry``."""
    (row,) = db.rows.of_table("tb_registry")
    expect(db, pairs(datatable), row)


@then(parsers.re(r'(?P<deployment>\S+) is "(?P<status>[^"]*)"'))
def deployment_is(db: DatabaseWorld, deployment: str, status: str) -> None:
    """The exact state of a deployment."""
    assert db.rows.labelled("tb_deployment", deployment, db.names)["status"] == status


@then(parsers.re(r"(?P<deployment>\S+) shows:"))
def deployment_shows(db: DatabaseWorld, deployment: str, datatable: Table) -> None:
    """Some keys of the deployment as ``v_deployment`` shows it."""
    (row,) = (row for row in _view(db, "v_deployment") if row["id"] == db.identity(deployment))
    expect(db, pairs(datatable), row["data"])


def _view(db: DatabaseWorld, view: str, order: str = "") -> list[dict[str, Any]]:
    terms = [
        name.removeprefix("-") + (" DESC" if name.startswith("-") else "") for name in order.split()
    ]
    sql = f"SELECT * FROM {view}" + (" ORDER BY " + ", ".join(terms) if terms else "")
    rows = [{name: plain(value) for name, value in row.items()} for row in db.scratch.rows(sql)]
    return [row | ({"data": decoded(row["data"])} if "data" in row else {}) for row in rows]


def _cell(row: Mapping[str, Any], path: str) -> Any:
    """A native column, or a key of ``data`` (``data.target.provider``)."""
    found: Any = row
    for key in path.split("."):
        found = found[int(key) if key.isdigit() else key]
    return found


@then(parsers.re(r"(?P<view>v_\w+)(?: in order of (?P<order>[\w -]+))? holds:"))
def view_holds(db: DatabaseWorld, view: str, order: str | None, datatable: Table) -> None:
    """All rows of a view, some of their columns and keys; unordered without an order."""
    expected = records(datatable)
    found = [
        {path: _cell(row, path) for path in datatable[0]} for row in _view(db, view, order or "")
    ]
    assert len(found) == len(expected), f"{view} holds {found}"
    for line in expected:
        candidates = found[:1] if order else found
        match = next((row for row in candidates if _fits(db, line, row)), None)
        assert match is not None, f"{view} does not hold {line} there, but {found}"
        found.remove(match)


def _fits(db: DatabaseWorld, line: Mapping[str, str], row: Mapping[str, Any]) -> bool:
    return all(db.matches(text, row[path]) for path, text in line.items())


@then(parsers.re(r"(?P<view>v_\w+) is empty"))
def view_is_empty(db: DatabaseWorld, view: str) -> None:
    """The view has no row."""
    assert _view(db, view) == []


@then(parsers.re(r"(?P<view>v_\w+) has the columns: (?P<columns>.+)"))
def view_has_columns(db: DatabaseWorld, view: str, columns: str) -> None:
    """These native columns and ``data`` (a row must be there to look at)."""
    rows = _view(db, view)
    assert rows, f"{view} is empty"
    missing = {*columns.split(), "data"} - set(rows[0])
    assert not missing, f"{view} lacks {missing}"


@then(parsers.re(r"every data of (?P<view>v_\w+) has the keys: (?P<keys>.+)"))
def data_has_keys(db: DatabaseWorld, view: str, keys: str) -> None:
    """Exactly these keys in ``data`` of every row (a row must be there to look at)."""
    rows = _view(db, view)
    assert rows, f"{view} is empty"
    for row in rows:
        assert sorted(row["data"]) == sorted(keys.split())


@then(parsers.re(r"(?P<path>[\w.]+) in data of (?P<view>v_\w+) has the keys: (?P<keys>.+)"))
def nested_has_keys(db: DatabaseWorld, path: str, view: str, keys: str) -> None:
    """Exactly these keys in an object within ``data`` of the first row."""
    assert sorted(_cell(_view(db, view)[0]["data"], path)) == sorted(keys.split())
