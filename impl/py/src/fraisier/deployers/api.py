"""Services that answer requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from fraisier.deployers.base import Deployer, Step
from fraisier.deployers.steps import Build, Fetch, Health, Preflight, Switch
from fraisier.domain.values import FraiseConfig


class ApiDeployer(Deployer):
    """Check, fetch, build, switch, and wait for the health check."""

    types: ClassVar[tuple[str, ...]] = ("api",)

    def steps(self, fraise: FraiseConfig) -> Sequence[Step]:
        """Five steps; the database of the fraise comes with a later version."""
        return (Preflight(), Fetch(), Build(), Switch(), Health())
