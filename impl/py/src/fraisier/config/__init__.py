"""``fraises.yaml`` to frozen values; every error carries its file, line and path."""

from __future__ import annotations

from fraisier.config.load import find, load
from fraisier.config.outward import redacted, registry_document
from fraisier.config.problems import ConfigurationError, Problem
from fraisier.config.secrets import check_secrets
from fraisier.config.values import (
    BranchRule,
    Config,
    GitProviderSettings,
    GitSettings,
    GraphqlSettings,
    NotificationSettings,
    ServerSettings,
    TagRule,
)
from fraisier.domain.repository import repository_key

__all__ = [
    "BranchRule",
    "Config",
    "ConfigurationError",
    "GitProviderSettings",
    "GitSettings",
    "GraphqlSettings",
    "NotificationSettings",
    "Problem",
    "ServerSettings",
    "TagRule",
    "check_secrets",
    "find",
    "load",
    "redacted",
    "registry_document",
    "repository_key",
]
