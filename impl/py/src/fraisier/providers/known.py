"""The providers that the configuration knows (the table itself is in ``domain``)."""

from __future__ import annotations

from fraisier.domain.targets import (
    DEFAULT_TARGET,
    KNOWN_TARGETS,
    KnownTarget,
    target_detail,
    target_label,
)

__all__ = ["DEFAULT_TARGET", "KNOWN_TARGETS", "KnownTarget", "target_detail", "target_label"]
