"""Which forges there are."""

from __future__ import annotations

from collections.abc import Mapping

from fraisier.domain.errors import FraisierError
from fraisier.domain.plugins import FORGE_ALIASES
from fraisier.git.base import GitProvider
from fraisier.git.bitbucket import Bitbucket
from fraisier.git.custom import check_forge, claims
from fraisier.git.gitea import Gitea
from fraisier.git.github import GitHub
from fraisier.git.gitlab import GitLab

# In this order: Gitea and Forgejo also send the headers of Gogs and GitHub.
_DETECTION: tuple[type[GitProvider], ...] = (Gitea, GitLab, Bitbucket, GitHub)
_PROVIDERS: dict[str, type[GitProvider]] = {each.name: each for each in _DETECTION}
_OWN = frozenset(_PROVIDERS)


def register_provider(provider: type[GitProvider]) -> type[GitProvider]:
    """
    Make a plugin's forge known under its ``name``; also usable as a class decorator.

    Raises:
        FraisierError: ``config-invalid``: it is no complete forge, or its name is one
            of Fraisier's own.
    """
    _PROVIDERS[check_forge(provider, _OWN | FORGE_ALIASES.keys()).name] = provider
    return provider


def is_own(name: str) -> bool:
    """Whether a forge is one of Fraisier's own, and not of a plugin."""
    return name in _OWN


def canonical(name: str) -> str:
    """The value of ``git.provider`` for a name of the query (``forgejo`` is ``gitea``)."""
    return FORGE_ALIASES.get(name, name)


def only_plugin() -> str | None:
    """The name of the forge that a plugin brought, when it is the only one."""
    names = [each for each in _PROVIDERS if each not in _OWN]
    return names[0] if len(names) == 1 else None


def provider_named(name: str) -> type[GitProvider]:
    """
    The class for a value of ``git.provider``.

    Raises:
        FraisierError: ``unknown-webhook-provider``.
    """
    if name in _PROVIDERS:
        return _PROVIDERS[name]
    known = ", ".join(sorted(_PROVIDERS))
    raise FraisierError(
        f'"{name}" is not a git provider; known: {known}', code="unknown-webhook-provider"
    )


def detect(headers: Mapping[str, str]) -> str | None:
    """The name of the forge that sends such headers; ``None`` when it is none we know."""
    custom = [each for each in _PROVIDERS.values() if each not in _DETECTION]
    for provider in _DETECTION:
        if provider.detects(headers):
            return provider.name
    return next((each.name for each in custom if claims(each, headers)), None)
