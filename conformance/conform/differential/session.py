"""The databases of a run at the SQL level, made and given back."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from conform.databases import fresh, installation
from conform.dialects import dialect_named
from conform.differential.compare import Comparison
from conform.differential.over_scratch import OverScratch
from conform.differential.player import SqlPlayer
from conform.differential.sql import InMemory, OnServer, Types
from conform.differential.surface import SurfacePlayer
from conform.implementation import load
from conform.places import checkout
from conform.targets import Target, template
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


@contextmanager
def surface_comparison(
    places: Mapping[str, str], implementations: Sequence[Path]
) -> Generator[Comparison]:
    """
    Every implementation on every database that it supports and that can be had.

    Raises:
        SetupError: There is only one of all, so there is nothing to compare with.
    """
    root = checkout()
    with ExitStack() as stack:
        types: Types = {}
        players: list[SurfacePlayer] = []
        for dialect in sorted(places):  # PostgreSQL first: it knows the types of the columns
            for folder in implementations:
                manifest = load(folder, root)
                if dialect not in manifest.databases:
                    continue
                base, problem = template(
                    Target(manifest.name, dialect, manifest), places[dialect], root
                )
                stack.callback(base.sweep)
                if problem:
                    raise SetupError(problem)
                types = types or (OverScratch(base).types() if dialect == "postgresql" else {})
                base.close()
                players.append(SurfacePlayer(manifest, base, types))
                stack.callback(players[-1].close)
        if len(players) < 2:
            raise SetupError("only one implementation on one database: nothing to compare with")
        yield Comparison(players)


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
