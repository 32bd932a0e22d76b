"""What is known of the jobs of an environment."""

from __future__ import annotations

from pathlib import Path

from fraisier.deployers import deployer_for
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig, JobStatus
from fraisier.providers.registry import provider_named


def job_statuses(state_folder: Path, selected: FraiseConfig) -> dict[str, JobStatus]:
    """By name, for those of which the target knows anything. Never fails: it only looks."""
    try:
        target = provider_named(selected.environment.provider, state_folder)
        provider = deployer_for(selected.fraise.type).provider(target, selected)
        return {status.name: status for status in provider.jobs(selected)}
    except (FraisierError, OSError):
        return {}
