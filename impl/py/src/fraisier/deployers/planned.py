"""Types of fraises that come in a later version: their plan can be shown already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from fraisier.deployers.base import Deployer, Step
from fraisier.deployers.steps import Build, Fetch, Preflight, Switch
from fraisier.domain.targets import target_label
from fraisier.domain.values import FraiseConfig


class Activate(Switch):
    """Cutover of what does not run all the time."""

    def plan(self, fraise: FraiseConfig) -> str:
        """Names the jobs, if there are any."""
        target = target_label(fraise.environment.provider, fraise.environment.target)
        jobs = ", ".join(job.name for job in fraise.environment.jobs)
        schedule = f" and schedule {jobs}" if jobs else ""
        return f"Make the new release the current one on {target}{schedule}"


class PlannedDeployer(Deployer):
    """Plans only: ``deployer_for`` gives it to nobody."""

    types: ClassVar[tuple[str, ...]] = ("etl", "scheduled", "backup", "custom")

    def steps(self, fraise: FraiseConfig) -> Sequence[Step]:
        """Without a service there is nothing whose health could be waited for."""
        return (Preflight(), Fetch(), Build(), Activate())
