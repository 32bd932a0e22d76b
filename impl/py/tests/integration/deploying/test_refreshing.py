"""The configuration that an observer works with."""

from __future__ import annotations

from fraisier.observer.refreshing import Refreshing

from .conftest import World


def test_look__file_changed_before_the_first_look__newest_is_in_force(world: World) -> None:
    """What was written between the start of the process and its first look is not missed."""
    refreshing = Refreshing(world.app)
    config = world.folder / "fraises.yaml"
    config.write_text(config.read_text().replace("timeout: 2", "timeout: 3"))
    assert refreshing.look(world.db) is False
    check = refreshing.app.config.select("shop", "production").environment.health_check
    assert check is not None
    assert check.timeout_seconds == 3
    assert refreshing.look(world.db) is False
