"""
A PostgreSQL server that nobody but one process of the suite uses, so that it can die.

A restart ends every connection to a server. On the one that the run's scratch databases
are on it would be everybody's fault.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from fraisier_lab import postgresql
from fraisier_lab.cluster import Mortal
from psycopg import sql as compose

from conform.databases import Scratch, installed
from conform.session import Session


@pytest.fixture(scope="session")
def own_server() -> Generator[Mortal]:
    """The server of this process, started when it is first needed."""
    with postgresql.mortal() as server:
        yield server


@pytest.fixture(scope="session")
def own_template(own_server: Mortal) -> Callable[[Session], Scratch]:
    """The database of Fraisier as ``db/`` has it, installed once on that server."""
    made: list[Scratch] = []

    def template(session: Session) -> Scratch:
        if not made:
            made.append(installed("postgresql", own_server.url, Path(session.checkout)))
        return made[0]

    return template


def new_database(server: str, template: str = "template1") -> str:
    """The URL of a new database on the server of an administrator's URL."""
    name = f"own_{uuid.uuid4().hex[:12]}"
    statement = compose.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(server, autocommit=True) as administrator:
        administrator.execute(
            statement.format(compose.Identifier(name), compose.Identifier(template))
        )
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def drop_database(url: str) -> None:
    """Remove one, whoever is connected to it."""
    statement = compose.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    server = urlunsplit(urlsplit(url)._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as administrator:
        administrator.execute(statement.format(compose.Identifier(urlsplit(url).path[1:])))
