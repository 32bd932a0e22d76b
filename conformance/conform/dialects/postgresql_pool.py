"""
Copies of a template that are used again: emptying one is much faster than making one.

A copy goes back to what it was only when that can be shown: nobody is connected any more,
and nobody has touched an object of the schema, nor the rows that the installation itself
had made. Otherwise it is dropped.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql as compose

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
# Everything that DDL rewrites; TRUNCATE writes pg_class only, where names are enough.
OBJECTS = """
SELECT md5(string_agg(mark, ',' ORDER BY mark)) FROM (
    SELECT concat_ws(' ', 'f', oid, xmin) AS mark FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'c', relname, relkind, oid) FROM pg_class
               WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'a', attrelid, attnum, a.xmin) FROM pg_attribute a
                JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'r', r.oid, r.xmin) FROM pg_rewrite r
                JOIN pg_class c ON c.oid = ev_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 't', t.oid, t.xmin) FROM pg_trigger t
                JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'k', oid, xmin) FROM pg_constraint
               WHERE connamespace = 'public'::regnamespace
) marks
"""
COUNTERS = """
SELECT setval(c.oid::regclass, 1, false) FROM pg_class c
  JOIN pg_depend d ON d.objid = c.oid AND d.deptype = 'i' JOIN pg_class t ON t.oid = d.refobjid
 WHERE c.relkind = 'S' AND c.relnamespace = 'public'::regnamespace
   AND t.relname <> 'tb_schema_version'
"""
STRANGERS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
   AND backend_type = 'client backend'
"""
LEAVING_SECONDS = 1.0  # how long the server takes to see that a killed process is gone


@dataclass(slots=True)
class Copy:
    """A copy as it was when it was new, and a connection that is kept for its users."""

    connection: psycopg.Connection[Any]
    objects: str
    empty: tuple[str, ...]  # its tables without a row
    kept: str  # the rows of the others
    taken: bool = False

    def take(self) -> psycopg.Connection[Any] | None:
        """The kept connection for one user at a time; None when it is taken or broken."""
        if self.taken or self.connection.closed:
            return None
        self.taken = True
        return self.connection

    def put_back(self) -> None:
        """The user has finished; settings go back to what they were."""
        self.taken = False
        if not self.connection.closed:
            self.connection.execute("RESET ALL")


def observe(url: str) -> Copy:
    """Look at a new copy."""
    connection = psycopg.connect(url, autocommit=True)
    tables = [name for (name,) in connection.execute(TABLES).fetchall()]
    filled = [name for name in tables if _has_rows(connection, name)]
    empty = tuple(name for name in tables if name not in filled)
    return Copy(connection, _value(connection, OBJECTS), empty, _rows(connection, filled))


def emptied(copy: Copy) -> bool:
    """Make a used copy like new; False when it cannot be shown to be so."""
    connection = copy.connection
    if not _left_alone(connection) or _value(connection, OBJECTS) != copy.objects:
        return False
    filled = [n for (n,) in connection.execute(TABLES).fetchall() if n not in copy.empty]
    if _rows(connection, filled) != copy.kept:
        return False
    _empty(connection, copy.empty)
    return _value(connection, STRANGERS) == 0


def _left_alone(connection: psycopg.Connection[Any]) -> bool:
    """Whether everybody has gone. Who stays would write into the next user's database."""
    until = time.monotonic() + LEAVING_SECONDS
    while _value(connection, STRANGERS):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def _empty(connection: psycopg.Connection[Any], tables: tuple[str, ...]) -> None:
    """
    Delete the rows and start the counters again. TRUNCATE would make new files and
    let every function that is kept compiled forget its plans.
    """
    connection.execute("SET session_replication_role = replica")  # in any order
    for name in tables:
        connection.execute(compose.SQL("DELETE FROM {}").format(compose.Identifier(name)))
    connection.execute("RESET session_replication_role")
    connection.execute(COUNTERS)


def _has_rows(connection: psycopg.Connection[Any], table: str) -> bool:
    query = compose.SQL("SELECT EXISTS (SELECT FROM {})").format(compose.Identifier(table))
    return _value(connection, query)


def _rows(connection: psycopg.Connection[Any], tables: list[str]) -> str:
    asked = compose.SQL("SELECT coalesce(string_agg(t::text, ',' ORDER BY t::text), '') FROM {} t")
    return repr([_value(connection, asked.format(compose.Identifier(t))) for t in tables])


def _value(connection: psycopg.Connection[Any], query: Any) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
