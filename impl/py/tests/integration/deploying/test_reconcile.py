"""Repositories are asked for pushes whose webhook got lost."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from fraisier.effects.files import never
from fraisier.operations.reconcile import Reconciler, reconcile_due

from .conftest import World

Told = list[tuple[str, bool]]


def ask(world: World, told: Told | None = None) -> None:
    """Ask what is due, once."""
    kept: Told = [] if told is None else told
    reconcile_due(world.app, world.db, "test", _into(kept), never)


def _into(told: Told) -> Callable[[str, bool], None]:
    return lambda line, failed: told.append((line, failed))


def eventually(question: Callable[[], bool]) -> None:
    """Wait until it is true."""
    deadline = time.monotonic() + 30
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def state(world: World) -> dict[str, Any]:
    """What the database knows of the looks at the repository."""
    return world.db.read("v_reconcile", {"fraise": "shop"})[0]


def test_reconcile__wanted__finds_a_lost_push(world: World) -> None:
    """The first look has the only branch of an environment that never got anything."""
    commit = world.commit()
    world.change(reconcile=True)
    told: Told = []
    ask(world, told)
    assert told == [("shop had pushes without a webhook; deployments requested: 1", False)]
    (found,) = world.db.read("v_deployment", {"fraise": "shop"})
    assert (found["git_commit"], found["triggered_by"]) == (commit, "SCHEDULED")
    assert found["actor"] == "reconcile"
    ask(world, told)
    assert len(told) == 1, "it is not due again at once"


def test_reconcile__not_wanted__asks_nobody(world: World) -> None:
    """It is off by default."""
    world.commit()
    ask(world)
    assert world.db.read("v_reconcile", {}) == world.db.read("v_deployment", {}) == []


def test_reconcile__repository_is_gone__says_so_without_secrets(world: World) -> None:
    """The log, the database and the next try."""
    repository = "http://joe:hunter22-hunter22@127.0.0.1:1/shop.git"
    world.change(reconcile=True, git={"repository": repository})
    told: Told = []
    ask(world, told)
    ((line, failed),) = told
    assert failed
    assert line.startswith("shop is not reconciled: the repository cannot be read: ")
    assert state(world)["next_at"] in line
    assert state(world)["failures"] == 1
    assert "hunter22" not in line + json.dumps(state(world))


def test_reconcile__another_configuration__is_an_error_that_names_it(world: World) -> None:
    """The database knows a fraise that this worker cannot ask for."""
    world.commit()
    world.change(reconcile=True)
    fraise = world.app.config.fraises["shop"]
    other = world.app.config._replace(fraises={"other": fraise._replace(repository=None)})
    app: Any = type("App", (), {"config": other, "database_url": world.app.database_url})()
    told: Told = []
    reconcile_due(app, world.db, "test", _into(told), never)
    assert "the configuration of this worker has no repository for it" in told[0][0]


def test_reconciler__forge_is_silent__stops_when_told_to(world: World) -> None:
    """Nobody waits for a forge that takes the question and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/shop.git"
        world.change(reconcile=True, git={"repository": address})
        stop, told = threading.Event(), Told()
        with Reconciler(lambda: world.app, "test", _into(told), stop):
            connection, _ = silent.accept()
            stop.set()
        with connection:
            pass
    assert told == []
    assert state(world)["failures"] == 0
    assert not [each for each in threading.enumerate() if each.name == "reconciler"]


def test_reconciler__unexpected_error__is_told_and_survived(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of one look ends no observer and no later look."""
    world.commit()
    world.change(reconcile=True)
    monkeypatch.setattr("fraisier.operations.reconcile.PAUSE_SECONDS_MAX", 0.05)
    broken = threading.Event()

    def current() -> Any:
        if not broken.is_set():
            broken.set()
            return None
        return world.app

    told = Told()
    with Reconciler(current, "test", _into(told), threading.Event()):
        eventually(lambda: len(told) > 1)
    assert [failed for _, failed in told] == [True, False]
