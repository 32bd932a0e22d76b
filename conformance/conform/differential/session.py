"""The databases of a run at the SQL level, made and given back."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager

import psycopg

from conform.databases import fresh, installation
from conform.dialects import dialect_named
from conform.differential.compare import Comparison
from conform.differential.player import SqlPlayer
from conform.differential.sql import InMemory, OnServer
from conform.places import checkout
from conform.verdicts import SetupError


@contextmanager
def sql_comparison(places: Mapping[str, str]) -> Generator[Comparison]:
    """
    SQLite in memory beside a PostgreSQL database of its own.

    Raises:
        SetupError: There is no PostgreSQL, so there is nothing to compare with.
    """
    if "postgresql" not in places:
        raise SetupError("no PostgreSQL to compare SQLite with")
    with ExitStack() as stack:
        server = OnServer(own_database(places["postgresql"], stack))
        stack.callback(server.close)
        memory = InMemory()
        stack.callback(memory.close)
        types = server.types()
        yield Comparison([SqlPlayer(memory, types), SqlPlayer(server, types)])


def own_database(place: str, stack: ExitStack) -> str:
    """
    The URL of an installed PostgreSQL database that is dropped at the end. It sorts as people
    do where the server can (ICU), for SQLite sorts as machines do: an order that nobody asked
    for shows.
    """
    kind = dialect_named("postgresql")
    name = fresh()
    try:
        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"
                " LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'".encode()
            )
        url = place.rpartition("/")[0] + f"/{name}"
    except psycopg.Error:  # older than 15, or made without ICU
        url = kind.create(place, name)
    stack.callback(kind.drop, url)
    connection = kind.connect(url)
    connection.script("\n".join(installation(checkout() / "db", "postgresql")))
    connection.close()
    return url
