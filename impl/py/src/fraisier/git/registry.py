"""Which forges there are."""

from __future__ import annotations

from collections.abc import Mapping

from fraisier.domain.errors import FraisierError
from fraisier.git.base import GitProvider, header
from fraisier.git.custom import check_forge, claims
from fraisier.git.github import GitHub

# Known to the configuration; their webhooks come in a later version.
PLANNED = ("gitlab", "gitea", "bitbucket")

_PROVIDERS: dict[str, type[GitProvider]] = {GitHub.name: GitHub}
_OWN = frozenset(_PROVIDERS)

# In this order: Gitea and Forgejo also send the headers of Gogs and GitHub.
_MARKS = (
    ("x-forgejo-event", "gitea"),
    ("x-gitea-event", "gitea"),
    ("x-gogs-event", "gitea"),
    ("x-gitlab-event", "gitlab"),
    ("x-event-key", "bitbucket"),
)


def register_provider(provider: type[GitProvider]) -> type[GitProvider]:
    """
    Make a plugin's forge known under its ``name``; also usable as a class decorator.

    Raises:
        FraisierError: ``config-invalid``: it is no complete forge, or its name is one
            of Fraisier's own.
    """
    _PROVIDERS[check_forge(provider, _OWN).name] = provider
    return provider


def is_own(name: str) -> bool:
    """Whether a forge is one of Fraisier's own, and not of a plugin."""
    return name in _OWN


def provider_named(name: str) -> type[GitProvider]:
    """
    The class for a value of ``git.provider``.

    Raises:
        FraisierError: ``unknown-webhook-provider``.
    """
    if name in _PROVIDERS:
        return _PROVIDERS[name]
    if name in PLANNED:
        raise FraisierError(
            f"webhooks of {name} come in a later version", code="unknown-webhook-provider"
        )
    known = ", ".join(sorted(_PROVIDERS))
    raise FraisierError(
        f'"{name}" is not a git provider; known: {known}', code="unknown-webhook-provider"
    )


def detect(headers: Mapping[str, str]) -> str | None:
    """The name of the forge that sends such headers; ``None`` when it is none we know."""
    for mark, name in _MARKS:
        if header(headers, mark) is not None:
            return name
    custom = [p for p in _PROVIDERS.values() if p is not GitHub]
    for provider in (*custom, GitHub):
        if claims(provider, headers):
            return provider.name
    return None
