"""Which providers there are."""

from __future__ import annotations

from pathlib import Path

from fraisier.domain.errors import FraisierError
from fraisier.providers.bare_metal import BareMetalProvider
from fraisier.providers.base import DeploymentProvider
from fraisier.providers.custom import checked
from fraisier.providers.docker_compose import DockerComposeProvider
from fraisier.providers.exec import ExecProvider
from fraisier.providers.known import KNOWN_TARGETS
from fraisier.providers.local import LocalProvider

_PROVIDERS: dict[str, type[DeploymentProvider]] = {
    LocalProvider.name: LocalProvider,
    BareMetalProvider.name: BareMetalProvider,
    DockerComposeProvider.name: DockerComposeProvider,
    ExecProvider.name: ExecProvider,
}
_OWN = frozenset(_PROVIDERS)


def register_provider(provider: type[DeploymentProvider]) -> type[DeploymentProvider]:
    """
    Make a plugin's provider known under its ``name``; also usable as a class decorator.

    Raises:
        FraisierError: ``config-invalid``: it is no complete provider, or its name is
            one of Fraisier's own.
    """
    watched = checked(provider, _OWN)
    _PROVIDERS[provider.name] = watched
    return provider


def provider_named(name: str, state_folder: Path) -> DeploymentProvider:
    """
    The provider for a value of ``target.provider``.

    Raises:
        FraisierError: ``unknown-provider``, ``provider-unavailable``.
    """
    return provider_class(name)(state_folder)


def provider_class(name: str) -> type[DeploymentProvider]:
    """
    What :func:`provider_named` makes one of, or why it cannot.

    Raises:
        FraisierError: ``unknown-provider``, ``provider-unavailable``.
    """
    if name in _PROVIDERS:
        return _PROVIDERS[name]
    if name in KNOWN_TARGETS:
        raise FraisierError(
            f'the provider "{name}" comes in a later version',
            code="provider-unavailable",
            hint='"local" deploys to this machine',
        )
    known = ", ".join(sorted({*_PROVIDERS, *KNOWN_TARGETS}))
    raise FraisierError(f'"{name}" is not a provider; known: {known}', code="unknown-provider")
