"""Forges (webhooks) and repositories (commits)."""

from __future__ import annotations

from fraisier.domain.values import RefChange, WebhookEvent
from fraisier.git.base import GitProvider
from fraisier.git.registry import (
    canonical,
    detect,
    is_own,
    only_plugin,
    provider_named,
    register_provider,
)

__all__ = [
    "GitProvider",
    "RefChange",
    "WebhookEvent",
    "canonical",
    "detect",
    "is_own",
    "only_plugin",
    "provider_named",
    "register_provider",
]
