"""Steps that look at the repositories of fraises for lost pushes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytest_bdd import parsers, step, then

from conform.dialects.base import decoded
from conform.steps.database_past import LONG_AGO, ago
from conform.steps.database_registry import records
from conform.steps.database_world import DatabaseWorld

Table = Sequence[Sequence[str]]


@step(parsers.parse('"{worker}" asks for a repository'))
def claim(db: DatabaseWorld, worker: str) -> None:
    """A claim under test; its number is remembered."""
    db.call("fn_claim_reconcile", worker=db.read(worker))
    remember(db)


@step(parsers.parse("somebody without a name asks for a repository: {name}"))
def claim_nameless(db: DatabaseWorld, name: str) -> None:
    """A claim of a worker that has no name."""
    db.call("fn_claim_reconcile", worker=db.read(name))


def remember(db: DatabaseWorld) -> None:
    """Keep the claim of the last answer."""
    if db.answer["metadata"]:
        db.remembered["claim of " + db.answer["metadata"]["fraise"]] = db.answer["metadata"][
            "claim"
        ]


def refs(table: Table) -> list[dict[str, Any]]:
    """The ``refs`` of ``fn_complete_reconcile``."""
    return records(table)


def complete(db: DatabaseWorld, place: str, look: str, **given: Any) -> None:
    """Hand over what a look has found; its deployments are called ``look:fraise/environment``."""
    held = {"claim": db.remembered.get("claim of " + place)}
    db.call("fn_complete_reconcile", **({"fraise": place, "command_id": look} | held | given))
    query = "SELECT id, fraise, environment FROM v_deployment WHERE id = :id"
    cascade: dict[str, Any] = db.answer["cascade"] or {"updated": []}
    for made in cascade["updated"]:
        (row,) = db.scratch.rows(query, id=made["id"])
        db.names.setdefault(f"{look}:{row['fraise']}/{row['environment']}", str(row["id"]))


@step(parsers.re(r"the look (?P<look>\S+) finds in (?P<fraise>\S+):"))
def look_finds(db: DatabaseWorld, look: str, fraise: str, datatable: Table) -> None:
    """The end of a look under test."""
    complete(db, fraise, look, refs=refs(datatable))


@step(parsers.re(r"the look (?P<look>\S+) finds nothing in (?P<fraise>\S+)"))
def look_finds_nothing(db: DatabaseWorld, look: str, fraise: str) -> None:
    """A repository without any branch that was asked for."""
    complete(db, fraise, look, refs=[])


@step(parsers.re(r'the look (?P<look>\S+) at (?P<fraise>\S+) ends with "(?P<error>[^"]*)"'))
def look_fails(db: DatabaseWorld, look: str, fraise: str, error: str) -> None:
    """A repository that could not be asked."""
    complete(db, fraise, look, error=error)


@step(parsers.re(r"the look (?P<look>\S+) at (?P<fraise>\S+) ends with the arguments:"))
def look_ends_oddly(db: DatabaseWorld, look: str, fraise: str, datatable: Table) -> None:
    """The end of a look with arguments of the scenario's own."""
    (record,) = records(datatable)
    complete(db, fraise, look, **{name: db.read(text) for name, text in record.items()})


@step(parsers.re(r"(?P<fraise>\S+) has been looked at and had:"))
def looked_at(db: DatabaseWorld, fraise: str, datatable: Table) -> None:
    """A look that is over, as a set-up; the fraise is due again."""
    due(db, fraise)
    answer = db.must("fn_claim_reconcile", worker="setup")
    assert answer["metadata"]["fraise"] == fraise, answer
    given = {"fraise": fraise, "claim": answer["metadata"]["claim"]}
    db.must("fn_complete_reconcile", **given, refs=refs(datatable))
    due(db, fraise)


def _change(db: DatabaseWorld, fraise: str, assignment: str) -> None:
    where = f"fk_fraise = (SELECT pk_fraise FROM tb_fraise WHERE name = '{fraise}')"
    db.set_up(f"UPDATE tb_reconcile SET {assignment} WHERE {where}")


@step(parsers.parse("{fraise} is due"))
def due(db: DatabaseWorld, fraise: str) -> None:
    """As if the time until the next look had passed."""
    _change(db, fraise, f"next_at = '{LONG_AGO}'")


@step(parsers.re(r"(?P<fraise>\S+) has been due for (?P<minutes>\d+) minutes"))
def due_for(db: DatabaseWorld, fraise: str, minutes: str) -> None:
    """As if the time had passed a while ago."""
    _change(db, fraise, f"next_at = {ago(db, int(minutes), 'minutes')}")


@step(parsers.parse("nobody looks at {fraise} any more"))
def expire(db: DatabaseWorld, fraise: str) -> None:
    """As if the worker had been silent for two minutes."""
    _change(db, fraise, f"claimed_until = '{LONG_AGO}'")


@step(parsers.re(r"(?P<fraise>\S+) could not be asked (?P<failures>\d+) times"))
def failed_before(db: DatabaseWorld, fraise: str, failures: str) -> None:
    """Failures in a row."""
    _change(db, fraise, f"failures = {failures}, error = 'away'")


@then(parsers.re(r"(?P<fraise>\S+) is due again in (?P<least>\d+) to (?P<most>\d+) seconds"))
def due_in(db: DatabaseWorld, fraise: str, least: str, most: str) -> None:
    """Measured between the end of the look and the next, which the answer tells, too."""
    seconds = (
        "(julianday(next_at) - julianday(completed_at)) * 86400"
        if db.scratch.dialect == "sqlite"
        else "extract(epoch FROM next_at - completed_at)"
    )
    query = f"SELECT {seconds} AS seconds, data FROM v_reconcile WHERE fraise = :fraise"
    (row,) = db.scratch.rows(query, fraise=fraise)
    assert int(least) - 0.1 <= float(row["seconds"]) <= int(most) + 0.1
    assert db.answer["metadata"]["next_at"] == decoded(row["data"])["next_at"]


@then("the branches are known at:")
def branches_are_known(db: DatabaseWorld, datatable: Table) -> None:
    """The commit of each ``fraise:branch`` that was seen last."""
    for place, commit in datatable:
        fraise, name = place.split(":")
        row = db.rows.labelled("tb_seen_ref", f"{fraise}:branch:{name}", db.names)
        assert row["commit_sha"] == commit, place


@then(parsers.re(r"the entity is the fraise (?P<name>\S+)"))
def entity_is_fraise(db: DatabaseWorld, name: str) -> None:
    """Type, id and data are those of the fraise."""
    (row,) = db.scratch.rows("SELECT id, data FROM v_fraise WHERE name = :name", name=name)
    assert (db.answer["entity_type"], db.answer["entity_id"]) == ("Fraise", str(row["id"]))
    assert db.answer["entity"] == decoded(row["data"])


@then(parsers.re(r"the look at (?P<fraise>\S+) may last (?P<seconds>\d+) seconds"))
def lasts(db: DatabaseWorld, fraise: str, seconds: str) -> None:
    """Not over a second before its end, and over a second after, had it been made then."""
    left = (
        "(julianday(claimed_until) - julianday('now')) * 86400"
        if db.scratch.dialect == "sqlite"
        else "extract(epoch FROM claimed_until - clock_timestamp())"
    )
    (row,) = db.scratch.rows(f"SELECT {left} AS seconds FROM tb_reconcile WHERE worker = 'w1'")
    assert int(seconds) - 60 < float(row["seconds"]) <= int(seconds) + 0.1


@then(parsers.re(r"the claim is as of (?P<delivery>\S+)"))
def as_of(db: DatabaseWorld, delivery: str) -> None:
    """The number of the newest webhook; ``nothing`` when there is none."""
    assert db.answer["metadata"]["as_of"] == _number(db, delivery)


@then(parsers.re(r"(?P<fraise>\S+) was looked at as of (?P<delivery>\S+)"))
def looked_at_as_of(db: DatabaseWorld, fraise: str, delivery: str) -> None:
    """What a webhook tells from then on counts at the next look."""
    row = db.rows.labelled("tb_reconcile", fraise, db.names)
    assert row["as_of"] == _number(db, delivery)


def _number(db: DatabaseWorld, delivery: str) -> int:
    if delivery == "nothing":
        return 0
    return int(db.rows.labelled("tb_webhook_event", delivery, db.names)["pk_webhook_event"])
