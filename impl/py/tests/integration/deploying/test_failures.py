"""Failures that nobody can bring about from outside: each has its code and a true end."""

from __future__ import annotations

import contextlib
import shutil
import sys
import textwrap
import threading
import time
from collections.abc import Mapping
from typing import Any

import pytest
from fraisier.deployers.steps import Health
from fraisier.domain.errors import FraisierError
from fraisier.operations.deploy import cancel_deployment

from .conftest import World


def test_switch__release_folder_has_gone__old_release_serves_again(world: World) -> None:
    """What the provider says of the switch is told as switch-failed, and undone."""
    good = world.commit()
    world.deploy()
    new = world.commit(change="2")

    def remove_release(event: Mapping[str, Any]) -> None:
        if (event.get("step"), event.get("state")) == ("build", "succeeded"):
            for folder in (world.home / "releases").glob(f"{new[:12]}-*/"):
                shutil.rmtree(folder)

    world.request()
    done = world.carry_out(listen=remove_release)
    assert (done["outcome"], done["error_code"]) == ("rolled_back", "switch-failed")
    assert "is not there" in done["error_message"]
    assert world.serves() == good


def test_provider__release_is_not_there__is_provider_failed(world: World) -> None:
    """A provider that cannot do what it is asked for says so, and touches nothing."""
    good = world.commit()
    world.deploy()
    fraise = world.app.config.select("shop", "production")
    with pytest.raises(FraisierError) as caught:
        world.app.provider("local").rollback(fraise, "no-such-release")
    assert caught.value.code == "provider-failed"
    assert world.serves() == good


def test_build__longer_than_it_may_take__is_step_timeout(world: World) -> None:
    """A build that does not end is ended; the old release serves on."""
    good = world.commit()
    world.deploy()
    world.commit(slow="1")
    world.change(timeouts={"build": 1})
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("failed", "step-timeout")
    assert "took longer than" in done["error_message"]
    assert "building with ***" in done["error_message"]
    assert world.serves() == good


def test_build__removes_its_release__is_build_failed(world: World) -> None:
    """A build that leaves nothing fails before anything is switched."""
    good = world.commit()
    world.deploy()
    build = world.source / "build.sh"
    build.write_text('#!/bin/sh\nrm -rf "$PWD"\n')
    world.commit(change="2")
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("failed", "build-failed")
    assert "removed its release folder" in done["error_message"]
    assert (world.serves(), done["cutover_at"]) == (good, None)


LOOKS = """
    import json, os, pathlib, sys, time
    method = json.loads(sys.stdin.readline())["method"]
    said = {"deploy": {"result": {}}, "health_check": {"result": {"state": "healthy"}}}
    if method == "current_release":
        pathlib.Path("asked").touch()
        if pathlib.Path("hangs").exists():
            time.sleep(25)
        said[method] = {"error": {"code": "host-unreachable", "message": "nobody is there"}}
    print(json.dumps(said.get(method, {"unsupported": True})))
"""


def _judged_by_a_program(world: World) -> None:
    (world.folder / "looks.py").write_text(textwrap.dedent(LOOKS))
    target = {"provider": "exec", "command": [sys.executable, "looks.py"]}
    world.change(environments={"production": {"target": target}}, health_check={})


def test_probe__target_cannot_be_asked__ends_before_cutover(world: World) -> None:
    """A look that fails is the deployment's error, and nothing was switched."""
    world.commit()
    _judged_by_a_program(world)
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("failed", "host-unreachable")
    assert done["cutover_at"] is None


def test_probe__cancelled_while_it_looks__is_cancelled(world: World) -> None:
    """A request that comes in the middle of a look is followed, not taken for a fault."""
    world.commit()
    _judged_by_a_program(world)
    (world.folder / "hangs").touch()
    deployment = world.request()

    def cancel() -> None:
        while not (world.folder / "asked").exists():
            time.sleep(0.02)
        with contextlib.closing(world.app.open_database()) as db:
            cancel_deployment(db, deployment, "changed my mind", "test")

    thread = threading.Thread(target=cancel)
    thread.start()
    done = world.carry_out()
    thread.join()
    assert (done["outcome"], done["error_code"]) == ("cancelled", "cancelled")


def test_health__fault_in_fraisier__old_release_serves_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also a fault of our own after the cutover leads back to what served."""
    good = world.commit()
    world.deploy()
    world.commit(change="2")

    def broken(*_: Any) -> str:
        raise KeyError("no such thing")

    monkeypatch.setattr(Health, "act", broken)
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("rolled_back", "internal")
    assert "KeyError" in done["error_message"]
    assert world.serves() == good
