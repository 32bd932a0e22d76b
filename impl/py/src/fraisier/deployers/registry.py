"""Which type of fraise is deployed how."""

from __future__ import annotations

from fraisier.deployers.api import ApiDeployer
from fraisier.deployers.base import Deployer, PlannedStep
from fraisier.deployers.planned import PlannedDeployer
from fraisier.deployers.worker import WorkerDeployer
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig

_DEPLOYERS: dict[str, type[Deployer]] = {
    name: deployer for deployer in (ApiDeployer, WorkerDeployer) for name in deployer.types
}


def deployer_for(fraise_type: str) -> Deployer:
    """
    The deployer of a type.

    Raises:
        FraisierError: ``type-unavailable``: this type comes in a later version.
    """
    if fraise_type not in _DEPLOYERS:
        raise FraisierError(
            f'fraises of type "{fraise_type}" come in a later version',
            code="type-unavailable",
            hint=f"types that can: {', '.join(_DEPLOYERS)}",
        )
    return _DEPLOYERS[fraise_type]()


def plan(fraise: FraiseConfig) -> list[PlannedStep]:
    """The steps that a deployment would take, for ``--dry-run``; also of types to come."""
    return _DEPLOYERS.get(fraise.fraise.type, PlannedDeployer)().plan(fraise)
