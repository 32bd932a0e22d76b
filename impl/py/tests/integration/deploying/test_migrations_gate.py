"""The old code is not brought back to a database that it may not run on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from fraisier.deployers import Step, Work
from fraisier.deployers.api import ApiDeployer
from fraisier.deployers.steps import Build
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig

from .conftest import World


class _Migrate(Build):
    """Says that it has changed the database of the fraise."""

    name = "migrate"

    def act(self, work: Work) -> str:
        work.record_migration("0002", False, {"tool": "test"})
        return "0002"


@pytest.fixture
def migrating(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deployments change a database in a way that the code before does not know."""
    usual = ApiDeployer.steps

    def steps(self: ApiDeployer, fraise: FraiseConfig) -> list[Step]:
        found = list(usual(self, fraise))
        return [*found[:3], _Migrate(), *found[3:]]

    monkeypatch.setattr(ApiDeployer, "steps", steps)
    monkeypatch.setattr(_Migrate, "probe", lambda *_: None)


@pytest.mark.usefixtures("migrating")
def test_health__fails_after_a_migration__old_code_stays_away(
    world: World, steps_of: Callable[[Mapping[str, Any]], dict[str, str]]
) -> None:
    """It ends as failed and down, and says what a person can do."""
    good = world.commit()
    world.deploy()
    world.commit("broken")
    done = world.deploy()
    assert (done["outcome"], done["error_code"]) == ("failed", "health-check-failed")
    assert "rollback" not in steps_of(done)
    assert f"--commit {good} --force" in done["error_message"]
    where = {"fraise": "shop", "name": "production"}
    assert world.db.read("v_environment", where)[0]["status"] == "DOWN"
    assert world.deploy(git_commit=good, force=True)["outcome"] == "success"
    assert world.serves() == good


@pytest.mark.usefixtures("migrating")
def test_rollback__to_the_recorded_release_after_a_failure__needs_force(world: World) -> None:
    """What is recorded is not what runs: without force the way out is said, forced it is gone."""
    good = world.commit()
    world.deploy()
    world.commit("broken")
    assert world.deploy()["outcome"] == "failed"
    with pytest.raises(FraisierError, match=r"is down, .* force brings it back") as caught:
        world.request_rollback(good[:12])
    assert caught.value.code == "already-current"
    world.request_rollback(good[:12], force=True)
    done = world.carry_out()
    assert (done["outcome"], done["kind"]) == ("success", "rollback")
    assert world.serves() == good
    state = world.db.read("v_environment", {"fraise": "shop", "name": "production"})[0]
    assert (state["status"], state["held_commit"]) == ("HEALTHY", None)


@pytest.mark.usefixtures("migrating")
def test_rollback__over_a_migration__needs_force(world: World) -> None:
    """Refused with its reason; forced, it is done."""
    good = world.commit()
    world.deploy()
    world.commit()
    world.deploy()
    with pytest.raises(FraisierError) as caught:
        world.request_rollback()
    assert caught.value.code == "migration-not-reversible"
    world.request_rollback(force=True)
    assert world.carry_out()["outcome"] == "success"
    assert world.serves() == good
