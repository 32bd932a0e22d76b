"""The only place that constructs things: configuration in, working parts out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from fraisier.domain.errors import FraisierError

if TYPE_CHECKING:
    from fraisier.config import Config, GitProviderSettings
    from fraisier.db import AsyncDatabase, Database, DatabaseState
    from fraisier.git import GitProvider
    from fraisier.operations.record_webhook import Forge
    from fraisier.providers.base import DeploymentProvider

DATABASE_VARIABLE = "FRAISIER_DATABASE_URL"
STATE_FOLDER = ".fraisier"


@dataclass(frozen=True, slots=True)
class Application:
    """
    A configuration, the database that goes with it, and the folder for everything
    that Fraisier keeps on this machine.

    ``database_url`` may hold a password: show ``db.redacted_url`` of it instead.
    """

    config: Config
    database_url: str
    state_folder: Path

    def open_database(self, install: bool = True) -> Database:
        """
        A connection of its own. An empty database is installed, others must be current.

        Without ``install`` nothing is looked at or changed (``fraisier db ...``).

        Raises:
            FraisierError: ``database-outdated``, ``database-newer``, ``database-unavailable``.
        """
        from fraisier.db import connect

        database = connect(self.database_url)
        if install:
            try:
                make_current(database)
            except BaseException:
                database.close()
                raise
        return database

    def open_async_database(self) -> AsyncDatabase:
        """The database for an event loop; ``open_database`` has been there before."""
        from fraisier.db.asynchronous import open_async

        return open_async(self.database_url, self.config.server.graphql.seconds)

    def provider(self, name: str) -> DeploymentProvider:
        """
        The provider that performs deployments on targets of this kind.

        Raises:
            FraisierError: ``unknown-provider``, ``provider-unavailable``.
        """
        from fraisier.providers.registry import provider_named

        return provider_named(name, self.state_folder)

    def git_provider(self, name: str) -> Forge:
        """
        A forge with the secrets of its webhooks.

        Raises:
            FraisierError: ``unknown-webhook-provider``: not one that is configured.
        """
        from fraisier.git import is_own, provider_named

        forge = provider_named(name)
        settings = self.config.git.providers.get(name)
        if not is_own(name):
            return self._forge_of_plugin(forge, settings)
        own = forge(settings)
        if not own.can_verify:
            raise FraisierError(
                f'"{name}" is not configured to send webhooks', code="unknown-webhook-provider"
            )
        return own

    def _forge_of_plugin(
        self, forge: type[GitProvider], settings: GitProviderSettings | None
    ) -> Forge:
        """Such a forge may verify in its own way, without a secret of ``fraises.yaml``."""
        from fraisier.config import GitProviderSettings, repository_key
        from fraisier.git.custom import WatchedForge, made

        known = settings or GitProviderSettings(forge.name)
        addresses = [
            f.repository for f in self.config.fraises.values() if f.git_provider == forge.name
        ]
        keys = dict.fromkeys(repository_key(each) for each in addresses if each)
        return WatchedForge(made(forge, known), tuple(keys), self.config.secrets)


def application(
    config_path: Path | None,
    database_url: str | None,
    environ: Mapping[str, str],
    cwd: Path,
) -> Application:
    """
    Find and load ``fraises.yaml`` and say which database belongs to it.

    Raises:
        FraisierError: What ``config.find`` and ``config.load`` raise, and
            ``invalid-argument`` for a database URL that is none.
    """
    from fraisier.config import find, load

    config = load(find(config_path, environ, cwd), environ)
    folder = config.path.absolute().parent / STATE_FOLDER
    url = database_url or environ.get(DATABASE_VARIABLE) or _file_url(folder)
    from fraisier.db import redacted_url

    redacted_url(url)  # refuses what is no URL before anything is opened
    return Application(config, url, folder)


def _file_url(folder: Path) -> str:
    return "sqlite:///" + quote(str(folder / "fraisier.db"))


def make_current(database: Database) -> DatabaseState:
    """
    Install an empty database; leave any other as it is.

    Raises:
        FraisierError: ``database-outdated``, ``database-newer``.
    """
    state = database.state()
    if state.empty:
        return database.migrate()
    if state.version > state.newest:
        raise FraisierError(
            f"the database {state.url} has schema {state.version}, "
            f"this program knows {state.newest}",
            code="database-newer",
            hint="upgrade fraisier",
        )
    if not state.current:
        raise FraisierError(
            f"the database {state.url} was made by another version of fraisier",
            code="database-outdated",
            hint="run: fraisier db migrate",
        )
    return state
