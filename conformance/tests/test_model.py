"""The model judges, so it is judged: what is right passes, and each way of being wrong is told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conform.databases import Scratch, installed
from conform.differential.session import own_database
from conform.differential.sql import Database, InMemory, OnServer
from conform.miniature import ROOT
from conform.model import linear, log
from conform.model.environment import Environment, apply
from conform.model.histories import record
from conform.model.linear import Operation, Verdict
from conform.model.lives import CALLS, EXPIRE, GUARDS, Life, after
from conform.model.machine import load, machine
from conform.model.paths import Walk

SERVER = os.environ.get("FRAISIER_TEST_POSTGRESQL_URL", "")
UNSET = pytest.mark.skipif(not SERVER, reason="FRAISIER_TEST_POSTGRESQL_URL is unset")
DIALECTS = ["sqlite", pytest.param("postgresql", marks=UNSET)]


@pytest.fixture(params=DIALECTS)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Each of them, inside of a transaction."""
    with ExitStack() as stack:
        sqlite = request.param == "sqlite"
        made = InMemory() if sqlite else OnServer(own_database(SERVER, stack))
        stack.callback(made.close)
        yield made


# -- the machine --------------------------------------------------------------------------


def test_guards__every_one_of_the_specification__is_understood() -> None:
    """A condition that nobody evaluates would hold always."""
    assert {each.when for each in machine().transitions if each.when} == set(GUARDS)


def test_load__way_out_of_an_end__is_refused(tmp_path: Path) -> None:
    """What has ended stays as it is."""
    text = (ROOT / "spec/lifecycle.yaml").read_text()
    path = tmp_path / "lifecycle.yaml"
    path.write_text(text.replace("{from: pending, to: cancelled", "{from: failed, to: cancelled"))
    with pytest.raises(ValueError, match="failed to cancelled"):
        load(path)


def test_lives__every_transition_is_taken_by_some_call() -> None:
    """Walking reaches every state, by every way that a call on this deployment can take."""
    model, seen = machine(), set[Life]()
    waiting = [Life(model.initial)]
    while waiting:
        life = waiting.pop()
        if life not in seen:
            seen.add(life)
            following = [after(life, call, model) for call in (*CALLS, EXPIRE)]
            waiting += [each for each in following if each is not None]
    assert {life.state for life in seen} == set(model.states)
    assert max(life.attempt for life in seen) == model.attempts_max


# -- paths --------------------------------------------------------------------------------


def test_walk__every_path__is_as_the_machine_says(database: Database) -> None:
    """Each call at each place of each path of three calls, on both databases."""
    walk = Walk(database)
    walk.walk(3)
    assert walk.found == []
    assert walk.paths > 5
    assert walk.calls > 100


def test_walk__another_number_of_attempts__is_told() -> None:
    """The database does not do what this specification says."""
    walk = Walk(InMemory(), merge=True, model=replace(machine(), attempts_max=2))
    walk.walk(8)
    assert any("claim is taken" in text for text in walk.found)


def test_walk__transition_that_is_not_there__is_told() -> None:
    """As if the specification let nobody cancel what waits."""
    less = tuple(t for t in machine().transitions if "fn_cancel_deployment" not in t.functions)
    walk = Walk(InMemory(), model=replace(machine(), transitions=less))
    walk.walk(1)
    assert any(text.startswith("request cancel is taken") for text in walk.found)


# -- event logs ---------------------------------------------------------------------------

Row = dict[str, Any]


def event(kind: str, deployment: str = "d1", **payload: Any) -> Row:
    """One row of the log, with all the keys of its payload."""
    wanted = machine().events[kind]
    keys = dict.fromkeys(wanted["payload"])
    told = {"entity_type": wanted["entity"], "entity_id": deployment}
    return {"event_type": kind, **told, "payload": keys | payload}


def good() -> list[Row]:
    """Requested, claimed, taken over, done."""
    return [
        event("deployment.requested"),
        event("deployment.started", attempt=1),
        event("deployment.step", step="fetch", state="started", attempt=1),
        event("deployment.taken_over", attempt=2),
        event("deployment.step", step="fetch", state="started", attempt=2),
        event("deployment.step", step="switch", state="started", attempt=2),
        event("deployment.completed", status="success"),
    ]


def test_log__good_one__has_nothing_wrong() -> None:
    """A life as the machine allows it."""
    assert log.violations(good(), {"d1": "success"}, deployers=True) == []


SPOILT: dict[str, tuple[Callable[[list[Row]], Any], str]] = {
    "no request": (lambda rows: rows.pop(0), "while it is unknown"),
    "no claim": (lambda rows: rows.pop(1), "taken_over comes while it is pending"),
    "no end": (lambda rows: rows.pop(), "ends in in_progress"),
    "twice the end": (lambda rows: rows.append(rows[-1]), "comes while it is success"),
    "a step after the end": (lambda rows: rows.append(rows[2]), "comes while it is success"),
    "requested twice": (lambda rows: rows.insert(1, rows[0]), "requested comes while"),
    "superseded at work": (
        lambda rows: rows.insert(3, event("deployment.superseded")),
        "superseded comes while it is in_progress",
    ),
    "an end that there is not": (
        lambda rows: rows[-1]["payload"].update(status="lost"),
        "completed (lost) comes",
    ),
    "a fourth attempt": (
        lambda rows: rows.__setitem__(slice(3, 3), [rows[3], rows[3]]),
        "attempt 4 of 3",
    ),
    "an event that there is not": (
        lambda rows: rows.append({"event_type": "deployment.lost", "payload": {}}),
        "there is no event deployment.lost",
    ),
    "a key less": (lambda rows: rows[0]["payload"].pop("kind"), "requested has the keys"),
    "another entity": (lambda rows: rows[0].update(entity_type="Release"), "is about Release"),
    "steps in another order": (
        lambda rows: rows.insert(6, {**rows[4], "payload": rows[4]["payload"] | {"step": "build"}}),
        "build comes after switch",
    ),
    "a step that there is not": (
        lambda rows: rows[2]["payload"].update(step="dance"),
        "there is no step dance",
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_log__spoilt_one__is_told(name: str) -> None:
    """Each fault by its own words."""
    rows = [{**row, "payload": dict(row["payload"])} for row in good()]
    spoil, text = SPOILT[name]
    spoil(rows)
    found = log.violations(rows, {"d1": "success"}, deployers=True)
    assert any(text in each for each in found), found


def test_log__row_says_something_else__is_told() -> None:
    """The table and the log are about the same deployments, and say the same of them."""
    assert log.violations(good(), {"d1": "failed"})
    assert log.violations(good(), {})
    assert log.violations([], {"d1": "pending"})


# -- histories ----------------------------------------------------------------------------


def op(
    name: str, called: int, returned: int | None, answer: Any = None, *arguments: Any
) -> Operation:
    """A call of a history."""
    return Operation(name, arguments, called, returned, answer)


REQUEST = op("request", 0, 1, "d1")
CLAIMED = ("claimed", "d1", 1)
HISTORIES: dict[str, tuple[list[Operation], Verdict]] = {
    "one after another": (
        [REQUEST, op("claim", 2, 3, CLAIMED, None), op("fail", 4, 5, "completed", "d1", 1)],
        Verdict.POSSIBLE,
    ),
    "two claim at once and one gets it": (
        [REQUEST, op("claim", 2, 9, "nothing-to-claim", None), op("claim", 3, 8, CLAIMED, None)],
        Verdict.POSSIBLE,
    ),
    "two get it": (
        [REQUEST, op("claim", 2, 9, CLAIMED, None), op("claim", 3, 8, CLAIMED, None)],
        Verdict.IMPOSSIBLE,
    ),
    "read is stale": (
        [REQUEST, op("claim", 2, 3, CLAIMED, None), op("read", 4, 5, "pending", "d1")],
        Verdict.IMPOSSIBLE,
    ),
    "read overlaps": (
        [REQUEST, op("claim", 2, 5, CLAIMED, None), op("read", 3, 4, "pending", "d1")],
        Verdict.POSSIBLE,
    ),
    "request is lost": ([REQUEST, op("claim", 2, 3, "nothing-to-claim", None)], Verdict.IMPOSSIBLE),
    "token does not grow": (
        [
            *(REQUEST, op("claim", 2, 3, CLAIMED, None), op("fail", 4, 5, "completed", "d1", 1)),
            *(op("request", 6, 7, "d2"), op("claim", 8, 9, ("claimed", "d2", 1), None)),
        ],
        Verdict.IMPOSSIBLE,
    ),
    "old token is taken": (
        [
            REQUEST,
            op("claim", 2, 3, CLAIMED, None),
            op("heartbeat", 4, 5, ("renewed", False), "d1", 0),
        ],
        Verdict.IMPOSSIBLE,
    ),
    "ends twice": (
        [
            *(REQUEST, op("claim", 2, 3, CLAIMED, None)),
            *(op("fail", 4, 9, "completed", "d1", 1), op("fail", 5, 8, "completed", "d1", 1)),
        ],
        Verdict.IMPOSSIBLE,
    ),
    "without an answer, and done": (
        [REQUEST, op("cancel", 2, None, None, "d1"), op("read", 3, 4, "cancelled", "d1")],
        Verdict.POSSIBLE,
    ),
    "without an answer, and not done": (
        [REQUEST, op("cancel", 2, None, None, "d1"), op("claim", 3, 4, CLAIMED, None)],
        Verdict.POSSIBLE,
    ),
    "without an answer, done and undone": (
        [
            *(REQUEST, op("cancel", 2, None, None, "d1"), op("read", 3, 4, "cancelled", "d1")),
            op("read", 5, 6, "pending", "d1"),
        ],
        Verdict.IMPOSSIBLE,
    ),
    "effect before its call": (
        [REQUEST, op("read", 2, 3, "cancelled", "d1"), op("cancel", 4, 5, "cancelled", "d1")],
        Verdict.IMPOSSIBLE,
    ),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_judge__history__has_its_verdict(name: str) -> None:
    """What one client alone could have seen is possible, nothing else."""
    history, verdict = HISTORIES[name]
    assert linear.judge(history, Environment(), apply) is verdict


def test_judge__too_much_to_try__is_unknown() -> None:
    """It does not guess, and it ends."""
    history = [op("request", 0, 100, f"d{n}") for n in range(12)]
    history.append(op("read", 0, 100, "no status", "d0"))
    assert linear.judge(history, Environment(), apply, steps_max=500) is Verdict.UNKNOWN


@pytest.fixture(params=DIALECTS)
def template(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scratch]:
    """An installed database of each kind."""
    place = str(tmp_path) if request.param == "sqlite" else SERVER
    made = installed(request.param, place, ROOT)
    yield made
    made.sweep()


@pytest.mark.parametrize("seed", ["1", "2"])
def test_record__real_threads__could_have_come_one_by_one(template: Scratch, seed: str) -> None:
    """Four clients on one environment, some of whose connections are lost."""
    scratch = template.lend()
    try:
        history = record(scratch, seed, 4, 15, 3)
    finally:
        scratch.give_back()
    assert len(history) > 40
    assert linear.judge(history, Environment(), apply) is Verdict.POSSIBLE


def test_record__answers_of_another_history__are_not_explained(template: Scratch) -> None:
    """A recorded history in which one claim is told twice is found out."""
    scratch = template.lend()
    try:
        history = record(scratch, "3", 4, 15, 0)
    finally:
        scratch.give_back()
    claims = [each for each in history if each.name == "claim" and not isinstance(each.answer, str)]
    assert claims
    last = max(each.returned or 0 for each in history)
    again = replace(claims[0], called=last + 1, returned=last + 2)
    assert linear.judge([*history, again], Environment(), apply) is Verdict.IMPOSSIBLE
