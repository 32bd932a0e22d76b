"""Services that answer requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from fraisier.deployers.base import Deployer, Step
from fraisier.deployers.hooks import with_hooks
from fraisier.deployers.smoke import Smoke
from fraisier.deployers.steps import Build, Fetch, Health, Preflight, Switch
from fraisier.domain.values import FraiseConfig


class ApiDeployer(Deployer):
    """Check, fetch, build, migrate, switch, wait for the health check, and try it out."""

    types: ClassVar[tuple[str, ...]] = ("api",)

    def steps(self, fraise: FraiseConfig) -> Sequence[Step]:
        """Steps of the database, hooks and smoke tests only where they are configured."""
        backup, migrate = _database_steps(fraise)
        smoke = [Smoke()] if fraise.environment.smoke_tests else []
        return with_hooks(
            fraise,
            [Preflight(), *backup, Fetch(), Build(), *migrate],
            [Switch(), Health(), *smoke],
        )


def _database_steps(fraise: FraiseConfig) -> tuple[Sequence[Step], Sequence[Step]]:
    if fraise.environment.database is None:
        return (), ()
    from fraisier.deployers.database import backup_steps, migrate_steps

    return backup_steps(fraise), migrate_steps(fraise)
