"""The judge of event logs is judged: a good log has nothing wrong, a bad one is found out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conform import trace
from conform.soak.plan import plan

Row = dict[str, Any]
World = dict[str, list[Row]]


def event(number: int, deployment: str, kind: str, **payload: Any) -> Row:
    """One row of the log."""
    name = f"deployment.{kind}"
    return {"pk_event": number, "event_type": name, "entity_id": deployment, "payload": payload}


def deployment(number: int, status: str, **changes: Any) -> Row:
    """One deployment of one place."""
    row = {
        "pk_deployment": number,
        "id": f"d{number}",
        "fraise": "shop",
        "environment": "production",
        "status": status,
        "attempt": 1,
        "superseded_by": None,
        "request": trace.REQUESTS[status],
    }
    return row | changes


def good() -> World:
    """One that was taken over, one that gave way, one that waits."""
    return {
        trace.DEPLOYMENTS: [
            deployment(1, "success"),
            deployment(2, "superseded", superseded_by="d3"),
            deployment(3, "pending"),
        ],
        trace.EVENTS: [
            event(1, "d1", "requested"),
            event(2, "d1", "started", attempt=1, fencing_token=1),
            event(3, "d1", "step", step="fetch", state="started", attempt=1),
            event(4, "d2", "requested"),
            event(5, "d2", "superseded"),
            event(6, "d3", "requested"),
            event(7, "d1", "taken_over", attempt=2, fencing_token=2),
            event(8, "d1", "step", step="fetch", state="started", attempt=2),
            event(9, "d1", "step", step="fetch", state="succeeded", attempt=2),
            event(10, "d1", "completed", status="success"),
        ],
        trace.OPEN_STEPS: [],
        trace.LEASES: [],
    }


def change(table: str, number: int, **changes: Any) -> Callable[[World], None]:
    """Spoil one row."""

    def spoil(world: World) -> None:
        row = world[table][number]
        row.get("payload", row).update(changes)

    return spoil


def drop(number: int) -> Callable[[World], None]:
    """Lose one event."""

    def spoil(world: World) -> None:
        world[trace.EVENTS].pop(number)

    return spoil


def add(table: str, row: Row) -> Callable[[World], None]:
    """One row more."""
    return lambda world: world[table].append(row)


LATE = event(11, "d1", "step", step="build", state="started", attempt=2)
SPOILT: dict[str, tuple[Callable[[World], None], str]] = {
    "end lost": (drop(9), "its log ends with step"),
    "request lost": (drop(0), "started comes after nothing"),
    "written after the end": (add(trace.EVENTS, LATE), "step comes after completed"),
    "old token": (change(trace.EVENTS, 6, fencing_token=1), "the token 1 comes after 1"),
    "write of the attempt before": (change(trace.EVENTS, 8, attempt=1), "comes late"),
    "step ended twice": (
        add(trace.EVENTS, event(9, "d1", "step", step="fetch", state="failed", attempt=2)),
        "failed comes after",
    ),
    "other end": (change(trace.DEPLOYMENTS, 0, status="failed"), "its log says"),
    "request left": (change(trace.DEPLOYMENTS, 0, request="processing"), "its request"),
    "gives way to an older one": (
        change(trace.DEPLOYMENTS, 1, superseded_by="d1"),
        "which is not newer",
    ),
    "step never ended": (add(trace.OPEN_STEPS, {"id": "d1", "step": "fetch"}), "never ended"),
    "lease kept": (add(trace.LEASES, {"id": "d1"}), "holds a lease"),
}


def violations(world: World) -> list[str]:
    """What the judge says of it."""
    return trace.violations(lambda sql: world[sql])


def test_violations__good_log__are_none() -> None:
    """Taking over, giving way and waiting are what the machine allows."""
    assert violations(good()) == []


@pytest.mark.parametrize("name", SPOILT)
def test_violations__bad_log__are_told(name: str) -> None:
    """Each fault is found, and called by its name."""
    world = good()
    spoil, text = SPOILT[name]
    spoil(world)
    assert any(text in found for found in violations(world)), violations(world)


def test_violations__two_at_once__are_told() -> None:
    """One environment has one active deployment."""
    world = good()
    world[trace.DEPLOYMENTS].append(deployment(4, "in_progress"))
    world[trace.EVENTS] = [
        *world[trace.EVENTS][:7],
        event(7, "d4", "requested"),
        event(8, "d4", "started", attempt=1, fencing_token=3),
        *world[trace.EVENTS][9:],
    ]
    assert any("starts while" in found for found in violations(world))


def test_plan__same_seed__is_the_same() -> None:
    """A soak that found something can be repeated."""
    assert plan(7, 50, 6, 24) == plan(7, 50, 6, 24)
    assert plan(7, 50, 6, 24) != plan(8, 50, 6, 24)
