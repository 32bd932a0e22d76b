"""
The peer on PostgreSQL: the same queries with Strawberry, and the driver that Fraisier has.

A pool of connections in autocommit, prepared statements, no reset between requests: the
cheapest that psycopg can do.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any, LiteralString

import psycopg
import strawberry
import uvicorn
from strawberry.extensions import ParserCache, ValidationCache

from bench.peer import Deployment, Environment, Fraise, Health, Status, Target, application

CONNECTIONS = 8
DEPLOYMENTS = """
SELECT d.id::text, d.fraise, d.environment, upper(d.status),
    to_char(coalesce(d.started_at, r.requested_at) AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), d.new_version
FROM tb_deployment d JOIN tb_deployment_request r ON r.pk_deployment_request = d.fk_request
ORDER BY d.pk_deployment DESC LIMIT %s
"""
ENVIRONMENTS = """
SELECT f.name, upper(f.type), e.name, s.current_version, upper(s.status), e.target_provider
FROM tb_fraise f
JOIN tb_environment e ON e.fk_fraise = f.pk_fraise
JOIN tb_fraise_state s ON s.fk_environment = e.pk_environment
ORDER BY f.name, e.name
"""
STATUS = "SELECT upper(status) FROM tb_fraise_state WHERE fraise = %s AND environment = %s"


class Pool:
    """Connections, the newest first."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: list[psycopg.AsyncConnection[Any]] = []
        self._free = asyncio.Semaphore(CONNECTIONS)

    async def rows(self, sql: LiteralString, *parameters: Any) -> list[Any]:
        """Of one statement."""
        async with self._free:
            if self._idle:
                connection = self._idle.pop()
            else:
                connection = await psycopg.AsyncConnection.connect(
                    self._url, autocommit=True, prepare_threshold=0
                )
            try:
                return await (await connection.execute(sql, parameters or None)).fetchall()
            finally:
                self._idle.append(connection)


pool: Pool


@strawberry.type
class Query:
    """The three queries."""

    @strawberry.field
    async def deployments(self, limit: int = 20) -> list[Deployment]:
        """Newest first."""
        return [
            Deployment(
                id=row[0],
                fraise=row[1],
                environment=row[2],
                status=Status[row[3]],
                started_at=row[4],
                new_version=row[5],
            )
            for row in await pool.rows(DEPLOYMENTS, limit)
        ]

    @strawberry.field
    async def fraises(self) -> list[Fraise]:
        """With their environments, by one statement."""
        found: dict[str, Fraise] = {}
        for name, kind, environment, version, status, provider in await pool.rows(ENVIRONMENTS):
            fraise = found.setdefault(name, Fraise(name=name, type=kind, environments=[]))
            entry = Environment(
                name=environment,
                current_version=version,
                status=Health[status],
                target=Target(provider=provider),
            )
            fraise.environments.append(entry)
        return list(found.values())

    @strawberry.field
    async def status(self, fraise: str, environment: str) -> Health:  # type: ignore[valid-type]
        """Of one environment."""
        return Health[(await pool.rows(STATUS, fraise, environment))[0][0]]


def main(url: str, port: int, *, caches: bool) -> None:
    """Serve until killed."""
    global pool
    pool = Pool(url)
    extensions: Any = [ParserCache(256), ValidationCache(256)] if caches else []
    schema = strawberry.Schema(query=Query, extensions=extensions)
    uvicorn.run(
        application(schema),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        lifespan="off",
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), caches="--caches" in sys.argv)
