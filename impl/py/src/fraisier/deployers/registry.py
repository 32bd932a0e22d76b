"""Which type of fraise is deployed how."""

from __future__ import annotations

from fraisier.deployers.api import ApiDeployer
from fraisier.deployers.backup import BackupDeployer
from fraisier.deployers.base import Deployer, PlannedStep
from fraisier.deployers.custom import CustomDeployer
from fraisier.deployers.etl import EtlDeployer
from fraisier.deployers.scheduled import ScheduledDeployer
from fraisier.deployers.worker import WorkerDeployer
from fraisier.domain.values import FraiseConfig

_DEPLOYERS: dict[str, type[Deployer]] = {
    name: deployer
    for deployer in (
        ApiDeployer,
        WorkerDeployer,
        EtlDeployer,
        ScheduledDeployer,
        BackupDeployer,
        CustomDeployer,
    )
    for name in deployer.types
}


def deployer_for(fraise_type: str) -> Deployer:
    """The deployer of a type; the configuration knows no others."""
    return _DEPLOYERS[fraise_type]()


def plan(fraise: FraiseConfig) -> list[PlannedStep]:
    """The steps that a deployment would take, for ``--dry-run``."""
    return deployer_for(fraise.fraise.type).plan(fraise)
