"""Hooks and smoke tests around a real deployment."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .conftest import World

Steps = Callable[[Mapping[str, Any]], dict[str, str]]
NOTE = 'echo "$FRAISIER_HOOK $FRAISIER_STATUS $FRAISIER_ERROR_CODE $PWD" >> {notes}'


def _hang(*_: object) -> None:
    time.sleep(60)


def noting(world: World) -> list[str]:
    """A hook that writes down what it is told."""
    return ["sh", "-c", NOTE.format(notes=world.folder / "notes")]


def notes(world: World) -> list[list[str]]:
    """What the hooks wrote, in words."""
    path = world.folder / "notes"
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def test_hooks__deployment_succeeds__run_in_order(world: World, steps_of: Steps) -> None:
    """Before the switch and after the success, in the folder of the release."""
    world.change(hooks={"before": [noting(world)], "after": [noting(world)]})
    world.commit()
    done = world.deploy()
    assert done["outcome"] == "success"
    assert list(steps_of(done)) == [
        "preflight", "fetch", "build", "before", "switch", "health", "after",
    ]  # fmt: skip
    assert [note[:2] for note in notes(world)] == [["before", "in_progress"], ["after", "success"]]
    assert {Path(note[-1]).parent for note in notes(world)} == {world.home / "releases"}


def test_hooks__before_fails__old_release_serves_on(world: World, steps_of: Steps) -> None:
    """Nothing is switched, and the hooks of a failure are told why."""
    good = world.commit()
    world.deploy()
    world.change(hooks={"before": [["sh", "-c", "echo no; exit 4"]], "on_failure": [noting(world)]})
    world.commit()
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("failed", "hook-failed")
    assert "exit status 4" in done["error_message"]
    assert steps_of(done)["on_failure"] == "succeeded"
    assert notes(world)[0][:3] == ["on_failure", "failed", "hook-failed"]
    assert world.serves() == good


def test_hooks__after_fails__deployment_is_a_success(world: World, steps_of: Steps) -> None:
    """The new release is good: what comes after changes nothing about that."""
    world.change(hooks={"after": [["false"]]})
    commit = world.commit()
    done = world.deploy()
    assert (done["outcome"], steps_of(done)["after"]) == ("success", "failed")
    assert world.serves() == commit


def test_hooks__rolled_back_and_hook_fails__stays_rolled_back(
    world: World, steps_of: Steps
) -> None:
    """The hooks of a failure know the status; their own failure is only told."""
    good = world.commit()
    world.deploy()
    world.change(hooks={"on_failure": [noting(world), ["false"]]})
    world.commit("broken")
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("rolled_back", "health-check-failed")
    assert steps_of(done)["on_failure"] == "failed"
    assert notes(world)[0][:3] == ["on_failure", "rolled_back", "health-check-failed"]
    assert world.serves() == good


def test_smoke__path_is_not_there__is_rolled_back(world: World, steps_of: Steps) -> None:
    """A test that fails after the cutover brings the old release back."""
    good = world.commit()
    world.deploy()
    world.change(smoke_tests=["/", ["sh", "-c", 'test "$FRAISIER_URL" = no']])
    world.commit()
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("rolled_back", "smoke-test-failed")
    assert steps_of(done)["smoke"] == "failed"
    assert world.serves() == good


def test_smoke__all_pass__is_a_success(world: World, steps_of: Steps) -> None:
    """Paths are asked and commands run, with the address of the service."""
    ask = 'test "$FRAISIER_URL" = "http://127.0.0.1:$PORT"'
    world.change(smoke_tests=["/health", ["sh", "-c", ask]])
    world.commit()
    done = world.deploy()
    assert (done["outcome"], steps_of(done)["smoke"]) == ("success", "succeeded")


def test_switch__provider_hangs__is_rolled_back(world: World, monkeypatch: Any) -> None:
    """Also one that asks nobody: it is interrupted in its sleep."""
    from fraisier.operations import interruption
    from fraisier.providers.local import LocalProvider

    good = world.commit()
    world.deploy()
    world.change(timeouts={"switch": 1})
    monkeypatch.setattr(interruption, "DEAF_SECONDS", 0.5)
    monkeypatch.setattr(LocalProvider, "deploy", _hang)
    world.commit()
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("rolled_back", "step-timeout")
    assert 'the step "switch" took longer than 1 s' in done["error_message"]
    assert world.serves() == good


def test_take_over__killed_in_the_hooks_of_a_failure__ends_as_failed(
    world: World, steps_of: Steps
) -> None:
    """The failure stands: the next worker runs the hooks again and tries nothing else."""
    world.change(hooks={"before": [["false"]], "on_failure": [noting(world)]})
    world.commit()
    world.request()
    worker = world.start_worker("on_failure", "started")
    worker.kill()
    worker.wait()
    done = world.carry_out()
    assert (done["outcome"], done["error_code"]) == ("failed", "hook-failed")
    assert steps_of(done) == {"on_failure": "succeeded"}
    assert notes(world)[0][:3] == ["on_failure", "failed", "hook-failed"]
    assert len(world.built()) == 1


def test_hooks__cancelled_in_the_middle__is_cancelled(world: World) -> None:
    """Before the switch a hook is stopped, and no hook of a failure runs."""
    world.change(
        hooks={"before": [["sh", "-c", "echo waiting; sleep 60"]], "on_failure": [noting(world)]}
    )
    world.commit()
    wanted = world.request()

    def cancel_at_output(event: Mapping[str, Any]) -> None:
        if event["event"] == "log" and event["line"] == "waiting":
            world.db.call("fn_cancel_deployment", deployment_id=wanted, reason="no", actor="test")

    assert world.carry_out(listen=cancel_at_output)["outcome"] == "cancelled"
    assert notes(world) == []
