"""Fraises that are deployed in a way of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from fraisier.deployers.base import Deployer, Step
from fraisier.deployers.hooks import with_hooks
from fraisier.deployers.jobs import Activate, JobsPreflight
from fraisier.deployers.scripted import ScriptedProvider
from fraisier.deployers.smoke import Smoke
from fraisier.deployers.steps import Build, Fetch, Health, Switch
from fraisier.domain.redaction import redact
from fraisier.domain.values import FraiseConfig
from fraisier.providers.base import DeploymentProvider


class ScriptSwitch(Switch):
    """Cutover by the script."""

    def plan(self, fraise: FraiseConfig) -> str:
        """Names the script."""
        words = " ".join((*(fraise.environment.script or ()), "deploy"))
        return redact(f"Run {words}", fraise.secrets)


class ScriptHealth(Health):
    """The script says whether it is well."""

    def plan(self, fraise: FraiseConfig) -> str:
        """Names the script."""
        words = " ".join((*(fraise.environment.script or ()), "health"))
        return redact(f"Wait until {words} ends with 0", fraise.secrets)


class CustomDeployer(Deployer):
    """
    With ``script``: that deploys, brings back and looks after the health. With a service
    of the target: as a worker. Else: hooks and jobs around a release that becomes current.
    """

    types: ClassVar[tuple[str, ...]] = ("custom",)

    def steps(self, fraise: FraiseConfig) -> Sequence[Step]:
        """Hooks and smoke tests where they are configured, in each of the three ways."""
        before = [JobsPreflight(), Fetch(), Build()]
        return with_hooks(fraise, before, self._cutover(fraise))

    def provider(self, target: DeploymentProvider, fraise: FraiseConfig) -> DeploymentProvider:
        """The target's, with the script around it when there is one."""
        return target if fraise.environment.script is None else ScriptedProvider(target)

    def _cutover(self, fraise: FraiseConfig) -> list[Step]:
        smoke = [Smoke()] if fraise.environment.smoke_tests else []
        if fraise.environment.script is not None:
            return [ScriptSwitch(), ScriptHealth(), *smoke]
        if fraise.has_service:
            return [Switch(), Health(), *smoke]
        return [Activate()]
