"""In which order a fraise is deployed, by its type."""

from __future__ import annotations

from fraisier.deployers.base import Deployer, PlannedStep, Probe, Step, Work
from fraisier.deployers.registry import deployer_for, plan

__all__ = ["Deployer", "PlannedStep", "Probe", "Step", "Work", "deployer_for", "plan"]
