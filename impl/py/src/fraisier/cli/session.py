"""What one run of the program knows: the global options and where it was started."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fraisier.cli.output import Output
from fraisier.domain.errors import FraisierError

if TYPE_CHECKING:
    from fraisier.config import Config
    from fraisier.db.base import Database
    from fraisier.wiring import Application


class Session:
    """The global options; opens configuration, application and database when asked."""

    def __init__(self) -> None:
        # No dataclass: making one costs a millisecond of every start.
        self.config_path: Path | None = None
        self.database_url: str | None = None
        self.server_url: str | None = None
        self.token: str | None = None
        self.token_file: Path | None = None
        self.output = Output()
        self.environ: Mapping[str, str] = os.environ
        self.exit_status = 0

    def config(self) -> Config:
        """
        The configuration alone; opens no database.

        Raises:
            FraisierError: As ``config.find`` and ``config.load``.
        """
        if self.server() is not None:
            return self.application().config
        from fraisier.config import find, load

        return load(find(self.config_path, self.environ, working_folder()), self.environ)

    def application(self) -> Application:
        """
        Configuration, state folder and database address.

        Raises:
            FraisierError: As ``wiring.application``.
        """
        if (server := self.server()) is not None:
            from fraisier.cli.remote import server_application

            return server_application(server, self._server_token())
        from fraisier.wiring import application

        return application(self.config_path, self.database_url, self.environ, working_folder())

    def server(self) -> str | None:
        """The server that is asked instead of a database of one's own."""
        return self.server_url or self.environ.get("FRAISIER_SERVER") or None

    def _server_token(self) -> str | None:
        if self.token or self.token_file is None:
            return self.token or self.environ.get("FRAISIER_TOKEN") or None
        try:
            return self.token_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            message = f"the file of the token cannot be read: {self.token_file}"
            raise FraisierError(message, code="usage", hint="see --token-file") from error

    @contextmanager
    def database(self, app: Application) -> Generator[Database, None, None]:
        """
        The application's database, closed at the end.

        Raises:
            FraisierError: ``database-unavailable``, ``database-outdated`` and the like.
        """
        database = app.open_database()
        try:
            yield database
        finally:
            database.close()

    def bare_database(self) -> Database:
        """
        The database as it is, to install or to inspect; needs no fraises.yaml
        when its address is given. The caller closes it.

        Raises:
            FraisierError: As ``wiring.application``.
        """
        url = self.database_url or self.environ.get("FRAISIER_DATABASE_URL")
        if url:
            from fraisier.db import connect

            return connect(url)
        return self.application().open_database(install=False)

    def actor(self) -> str | None:
        """Who runs the program, for the history."""
        return self.environ.get("USER") or self.environ.get("LOGNAME")


def working_folder() -> Path:
    """
    Where the program was started.

    Raises:
        FraisierError: ``config-not-found``: that folder is gone.
    """
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        message = "the working folder does not exist any more"
        raise FraisierError(message, code="config-not-found", hint="cd to another one") from error
