"""Targets: where a fraise runs and how it gets there."""

from __future__ import annotations

from fraisier.providers.base import Control, DeploymentProvider
from fraisier.providers.registry import provider_named, register_provider

__all__ = ["Control", "DeploymentProvider", "provider_named", "register_provider"]
