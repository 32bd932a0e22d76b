"""The interface of a deployment provider (PRD, "Provider Interface")."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from fraisier.domain.values import DeploymentResult, FraiseConfig, HealthStatus


class DeploymentProvider(ABC):
    """
    Performs deployments on one kind of target.

    ``name`` is the value of ``target.provider``. ``keys`` are the keys that the
    target may have beside ``provider``; the strict configuration knows no others.
    """

    name: ClassVar[str]
    keys: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def deploy(self, fraise: FraiseConfig, version: str) -> DeploymentResult:
        """Make the prepared release ``version`` the one that serves."""

    @abstractmethod
    def rollback(self, fraise: FraiseConfig, to_version: str) -> bool:
        """Make an older release that is still there the one that serves."""

    @abstractmethod
    def health_check(self, fraise: FraiseConfig) -> HealthStatus:
        """Look once whether the service is well."""

    @abstractmethod
    def logs(self, fraise: FraiseConfig, lines: int = 100) -> str:
        """The newest lines of the service's output."""

    @abstractmethod
    def stop(self, fraise: FraiseConfig) -> bool:
        """Stop the service; true when it is stopped afterwards."""

    @abstractmethod
    def start(self, fraise: FraiseConfig) -> bool:
        """Start the service again; true when it runs afterwards."""
