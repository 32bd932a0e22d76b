"""What the operations are given to work with (``wiring`` constructs it)."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from fraisier.config import Config
from fraisier.db import Database
from fraisier.providers.base import DeploymentProvider


class Application(Protocol):
    """A configuration, its database, its providers, and a folder to keep things in."""

    @property
    def config(self) -> Config:
        """The configuration."""
        ...

    @property
    def state_folder(self) -> Path:
        """Where Fraisier keeps what it needs on this machine."""
        ...

    @property
    def database_url(self) -> str:
        """Address of the database; it may hold a password."""
        ...

    def open_database(self, install: bool = True) -> Database:
        """
        A connection of its own.

        Raises:
            FraisierError: ``database-outdated``, ``database-newer``, ``database-unavailable``.
        """
        ...

    def provider(self, name: str) -> DeploymentProvider:
        """
        The provider of this name.

        Raises:
            FraisierError: ``unknown-provider``, ``provider-unavailable``.
        """
        ...
