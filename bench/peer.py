"""
The peer: the same four root fields with Strawberry on uvicorn.

Its SQL reads the tables directly, which is the cheapest it can do; its mutation
calls the same function; and its ASGI application is plain, which is faster than
Strawberry's own over Starlette. ``--caches`` turns Strawberry's parser and validation
caches on.
"""

from __future__ import annotations

import sqlite3
import sys
import uuid
from enum import Enum
from typing import Any

import orjson
import strawberry
import uvicorn
from strawberry.extensions import ParserCache, ValidationCache

DEPLOYMENTS = """
SELECT d.id, d.fraise, d.environment, upper(d.status), coalesce(d.started_at, r.requested_at),
       d.new_version
FROM tb_deployment d JOIN tb_deployment_request r ON r.pk_deployment_request = d.fk_request
ORDER BY d.pk_deployment DESC LIMIT ?
"""
ENVIRONMENTS = """
SELECT f.name, upper(f.type), e.name, s.current_version, upper(s.status), e.target_provider
FROM tb_fraise f
JOIN tb_environment e ON e.fk_fraise = f.pk_fraise
JOIN tb_fraise_state s ON s.fk_environment = e.pk_environment
ORDER BY f.name, e.name
"""
STATUS = "SELECT upper(status) FROM tb_fraise_state WHERE fraise = ? AND environment = ?"
REQUEST = "INSERT INTO fn_request_deployment (command_id, fraise, environment) VALUES (?, ?, ?)"
ANSWER = """
SELECT succeeded, json_extract(entity, '$.id'), json_extract(entity, '$.status')
FROM v_mutation_response WHERE command_id = ?
"""

Status = strawberry.enum(
    Enum("Status", ["PENDING", "IN_PROGRESS", "SUCCESS", "FAILED", "SUPERSEDED", "ROLLED_BACK"])
)
Health = strawberry.enum(Enum("Health", ["HEALTHY", "DEGRADED", "DOWN", "UNKNOWN"]))
connection: sqlite3.Connection


@strawberry.type
class Target:
    """DeploymentTarget."""

    provider: str


@strawberry.type
class Environment:
    """Environment."""

    name: str
    current_version: str | None
    status: Health  # type: ignore[valid-type]
    target: Target


@strawberry.type
class Fraise:
    """Fraise."""

    name: str
    type: str
    environments: list[Environment]


@strawberry.type
class Deployment:
    """Deployment."""

    id: strawberry.ID
    status: Status  # type: ignore[valid-type]
    fraise: str = ""
    environment: str = ""
    started_at: str = ""
    new_version: str | None = None


@strawberry.type
class DeploymentResult:
    """DeploymentResult."""

    success: bool
    deployment: Deployment | None


@strawberry.type
class Query:
    """The three queries."""

    @strawberry.field
    def deployments(self, limit: int = 20) -> list[Deployment]:
        """Newest first."""
        rows = connection.execute(DEPLOYMENTS, (limit,)).fetchall()
        return [_deployment(row) for row in rows]

    @strawberry.field
    def fraises(self) -> list[Fraise]:
        """With their environments, by one statement."""
        found: dict[str, Fraise] = {}
        for name, kind, environment, version, status, provider in connection.execute(ENVIRONMENTS):
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
    def status(self, fraise: str, environment: str) -> Health:  # type: ignore[valid-type]
        """Of one environment."""
        return Health[connection.execute(STATUS, (fraise, environment)).fetchone()[0]]


@strawberry.type
class Mutation:
    """The mutation."""

    @strawberry.mutation
    def deploy(self, fraise: str, environment: str) -> DeploymentResult:
        """By the same function of the database."""
        command_id = str(uuid.uuid4())
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(REQUEST, (command_id, fraise, environment))
        succeeded, identity, status = connection.execute(ANSWER, (command_id,)).fetchone()
        connection.execute("COMMIT")
        deployment = Deployment(id=strawberry.ID(identity), status=Status[status])
        return DeploymentResult(success=bool(succeeded), deployment=deployment)


def _deployment(row: tuple[Any, ...]) -> Deployment:
    identity, fraise, environment, status, started_at, version = row
    return Deployment(
        id=identity,
        fraise=fraise,
        environment=environment,
        status=Status[status],
        started_at=started_at,
        new_version=version,
    )


def application(schema: strawberry.Schema) -> Any:
    """The schema as a plain ASGI application."""

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        request = orjson.loads(body)
        result = await schema.execute(request["query"], variable_values=request["variables"])
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [error.formatted for error in result.errors]
        text = orjson.dumps(answer)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(text)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": text})

    return app


def main(database: str, port: int, *, caches: bool) -> None:
    """Serve until killed."""
    global connection
    connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    # Instances, which outlive a request: a class would begin each one with an empty cache.
    extensions: Any = [ParserCache(256), ValidationCache(256)] if caches else []
    schema = strawberry.Schema(query=Query, mutation=Mutation, extensions=extensions)
    app = application(schema)
    uvicorn.run(
        app, host="127.0.0.1", port=port, log_level="warning", access_log=False, lifespan="off"
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), caches="--caches" in sys.argv)
