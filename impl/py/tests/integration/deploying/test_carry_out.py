"""Deployments of a real service, end to end, without a crash."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from typing import Any

import pytest
from fraisier.domain.values import Answer
from fraisier.operations.follow import read_deployment

from .conftest import TOKEN, World

ALL_SUCCEEDED = dict.fromkeys(("preflight", "fetch", "build", "switch", "health"), "succeeded")


def test_carry_out__good_commit__serves_it(world: World, steps_of: Callable[..., Any]) -> None:
    """The commit asked for is built once and serves."""
    commit = world.commit()
    done = world.deploy()
    assert (done["outcome"], done["git_commit"]) == ("success", commit)
    assert steps_of(done) == ALL_SUCCEEDED
    assert world.serves() == commit
    assert world.built() == [commit]


def test_carry_out__older_commit_given__serves_that_and_not_the_head(world: World) -> None:
    """The commit of the request wins over the head of the branch."""
    first = world.commit()
    world.commit("broken")
    assert world.deploy(git_commit=first, git_branch="main")["outcome"] == "success"
    assert world.serves() == first


def test_carry_out__tag_on_the_commit__is_the_version(world: World) -> None:
    """A tag names the version; without one the commit does."""
    world.commit()
    world.git("tag", "v1.2.3")
    assert world.deploy()["new_version"] == "v1.2.3"
    second = world.commit()
    assert world.deploy()["new_version"] == second[:12]


def test_carry_out__same_commit_again__skips_the_rest(
    world: World, steps_of: Callable[..., Any]
) -> None:
    """What serves already is not built again, unless forced."""
    commit = world.commit()
    world.deploy()
    again = world.deploy()
    assert again["outcome"] == "success"
    assert [steps_of(again)[s] for s in ("build", "switch", "health")] == ["skipped"] * 3
    assert world.built() == [commit]
    assert steps_of(world.deploy(force=True)) == ALL_SUCCEEDED
    assert world.built() == [commit, commit]


def test_carry_out__service_died_unseen__same_commit_is_deployed_again(world: World) -> None:
    """A service that does not run is down, whatever the database believed."""
    world.commit()
    world.deploy()
    fraise = world.app.config.select("shop", "production")
    world.app.provider("local").stop(fraise)
    assert world.serves() is None
    assert world.deploy()["outcome"] == "success"
    assert world.serves() is not None


@pytest.mark.parametrize("behaviour", ["unhealthy", "crash"])
def test_carry_out__unhealthy_release__old_one_is_brought_back(
    world: World, behaviour: str, steps_of: Callable[..., Any]
) -> None:
    """The reason is kept, the old release serves, and no secret is told."""
    good = world.commit()
    world.deploy()
    world.commit(behaviour)
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("rolled_back", "health-check-failed")
    assert steps_of(done)["health"] == "failed"
    assert steps_of(done)["rollback"] == "succeeded"
    assert world.serves() == good
    status = world.db.read("v_fraise_status", {"fraise": "shop"})[0]
    assert status["current_version"] == good[:12]
    assert TOKEN not in str(world.db.read("v_event")) + str(done)


def test_carry_out__first_release_unhealthy__is_stopped(world: World) -> None:
    """With nothing to go back to, the broken service does not stay."""
    world.commit("unhealthy")
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("failed", "health-check-failed")
    assert world.serves() is None
    assert world.db.read("v_environment", {"fraise": "shop"})[0]["status"] == "DOWN"


def test_carry_out__old_release_broken_too__is_failed_and_down(world: World) -> None:
    """A rollback that fails is told as such."""
    world.commit()
    world.deploy()
    for release in (world.home / "releases").glob("*/behaviour"):
        release.write_text("unhealthy")
    world.commit("unhealthy", change="1")
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("failed", "rollback-failed")
    assert world.db.read("v_environment", {"fraise": "shop"})[0]["status"] == "DOWN"


def test_carry_out__build_fails__old_release_serves_on(world: World) -> None:
    """A failure before cutover touches nothing, and its output is in the error."""
    good = world.commit()
    world.deploy()
    world.commit(broken="1")
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("failed", "build-failed")
    assert "exit status 3" in done["error_message"]
    assert "the build is broken" in done["error_message"]
    assert done["cutover_at"] is None
    assert world.serves() == good
    assert len(list((world.home / "releases").glob("*.json"))) == 1


def test_carry_out__unknown_commit__is_failed_before_anything(world: World) -> None:
    """A commit that the repository lacks is an error of its own."""
    world.commit()
    done = world.deploy(git_commit="deadbeef" * 5)
    assert (done["outcome"], done["error_code"]) == ("failed", "unknown-commit")
    assert world.built() == []


def test_carry_out__cancelled_while_building__stops_and_cleans_up(world: World) -> None:
    """A cancel ends the build; the old release serves on."""
    good = world.commit()
    world.deploy()
    world.commit(slow="1")
    wanted = world.request()

    def cancel(event: Any) -> None:
        if event["event"] == "log":
            other = world.app.open_database()
            other.call("fn_cancel_deployment", deployment_id=wanted, reason="no", actor="test")
            other.close()

    done = world.carry_out(listen=cancel)
    assert done["outcome"] == "cancelled"
    assert world.serves() == good
    assert len(list((world.home / "releases").glob("*.json"))) == 1


def test_rollback__release_folder_there__switches_back_without_a_build(world: World) -> None:
    """The folder of the older release is used again."""
    first, second = world.commit(), world.commit(change="2")
    world.deploy(git_commit=first)
    world.deploy(git_commit=second)
    world.request_rollback()
    assert world.carry_out()["outcome"] == "success"
    assert world.serves() == first
    assert world.built() == [first, second]


def test_rollback__release_folder_gone__is_rebuilt_from_its_commit(world: World) -> None:
    """Also when the repository has since lost the commit."""
    import shutil

    first = world.commit()
    world.deploy()
    second = world.commit(change="2")
    world.deploy()
    for folder in (world.home / "releases").glob(f"{first[:12]}-*"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.unlink(missing_ok=True) if folder.suffix == ".json" else None
    world.git("checkout", "--quiet", "--orphan", "other")
    world.commit(change="3")
    world.git("branch", "--delete", "--force", "main")
    world.request_rollback()
    assert world.carry_out()["outcome"] == "success"
    assert world.serves() == first
    assert world.built() == [first, second, first]


def test_carry_out__asked_to_end_while_building__leaves_it_to_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that must end hands over; the next one finishes."""
    monkeypatch.setattr("fraisier.operations.interruption.GRACE_SECONDS", 0.1)
    commit = world.commit(slow="1")
    world.request(git_commit=commit)
    stop = threading.Event()

    def stop_at_output(event: Any) -> None:
        if event["event"] == "log":
            stop.set()

    left = world.carry_out(stop=stop, listen=stop_at_output)
    assert left["outcome"] == "in_progress"
    (world.source / "slow").unlink()
    world.commit()
    cancel = world.db.call(
        "fn_cancel_deployment", deployment_id=left["id"], reason="enough", actor="test"
    )
    assert cancel.succeeded
    assert world.carry_out("third")["outcome"] == "cancelled"


def test_carry_out__asked_to_end_and_ends_soon__finishes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within the grace also the switch is done, when the wish to end came before it."""
    monkeypatch.setattr("fraisier.operations.interruption.GRACE_SECONDS", 60)
    commit = world.commit()
    world.request()
    stop = threading.Event()

    def stop_at_output(event: Any) -> None:
        if event["event"] == "log":
            stop.set()

    assert world.carry_out(stop=stop, listen=stop_at_output)["outcome"] == "success"
    assert world.serves() == commit


def test_carry_out__rolled_back_to_a_removed_folder__builds_it_again(world: World) -> None:
    """A release whose folder is gone comes back from its exact commit."""
    first = world.commit()
    version = world.deploy()["new_version"]
    world.commit()
    world.deploy()
    for path in (world.home / "releases").glob(f"{version}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    world.request_rollback()
    assert world.carry_out()["outcome"] == "success"
    assert (world.serves(), world.built().count(first)) == (first, 2)


def test_carry_out__many_releases__few_are_kept(world: World) -> None:
    """The current and the previous release stay, and nothing that was never finished."""
    world.change(keep_releases=3)
    for _ in range(4):
        world.commit()
        world.deploy()
    (world.home / "releases" / "half").mkdir()
    last = world.commit()
    world.deploy()
    names = [path.name for path in (world.home / "releases").iterdir() if path.is_dir()]
    assert len(names) == 3
    assert any(name.startswith(last[:12]) for name in names)
    assert "half" not in names


def test_carry_out__interrupted_after_the_end__leaves_the_service_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C a moment too late undoes nothing, also when there is no earlier release."""
    commit, call = world.commit(), world.db.call

    def interrupted(function: str, command_id: str | None = None, **arguments: Any) -> Answer:
        answer = call(function, command_id, **arguments)
        if function == "fn_complete_deployment":
            raise KeyboardInterrupt
        return answer

    deployment_id = world.request()
    monkeypatch.setattr(world.db, "call", interrupted)
    with pytest.raises(KeyboardInterrupt):
        world.carry_out()
    assert read_deployment(world.db, deployment_id)["outcome"] == "success"
    assert world.serves() == commit
