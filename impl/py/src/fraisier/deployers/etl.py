"""Data pipelines: code whose script runs once for every deployment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from fraisier.deployers.base import Deployer, Step, Work
from fraisier.deployers.hooks import with_hooks
from fraisier.deployers.jobs import Activate, JobsPreflight, Run
from fraisier.deployers.steps import Build, Fetch
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig


class EtlPreflight(JobsPreflight):
    """Also that there is a script."""

    def act(self, work: Work) -> str:
        """Refuse what has nothing to run."""
        if not work.fraise.environment.script:
            message = f"{work.fraise.label}: script is missing"
            raise FraisierError(message, code=self.failure, hint="say what is to be run")
        return super().act(work)


class EtlDeployer(Deployer):
    """Check, fetch, build, run the script; only then the release is the current one."""

    types: ClassVar[tuple[str, ...]] = ("etl",)

    def steps(self, fraise: FraiseConfig) -> Sequence[Step]:
        """A script that fails leaves the release before as the current one."""
        return with_hooks(fraise, [EtlPreflight(), Fetch(), Build()], [Run(), Activate()])
