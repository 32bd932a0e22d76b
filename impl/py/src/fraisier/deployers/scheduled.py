"""Jobs that run by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from fraisier.deployers.base import Deployer, Step
from fraisier.deployers.hooks import with_hooks
from fraisier.deployers.jobs import Activate, JobsPreflight
from fraisier.deployers.steps import Build, Fetch
from fraisier.domain.values import FraiseConfig


class ScheduledDeployer(Deployer):
    """Check, fetch, build, and put the jobs of the release in force."""

    types: ClassVar[tuple[str, ...]] = ("scheduled",)

    def steps(self, fraise: FraiseConfig) -> Sequence[Step]:
        """Without a service there is nothing whose health could be waited for."""
        return with_hooks(fraise, [JobsPreflight(), Fetch(), Build()], [Activate()])
