"""What somebody gets who asks too often: late answers, or the one that was given before."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from fraisier.db import AsyncDatabase
from fraisier.domain.errors import FraisierError
from fraisier.http.app import HttpApp, Route
from fraisier.http.bodies import Budget
from fraisier.http.failures import HELD_SECONDS, too_many
from fraisier.http.health import FRESH_SECONDS, HealthEndpoint
from fraisier.http.messages import Request, Response

BODY = b"x" * 100_000


async def refused(_request: Request) -> Response:
    """An endpoint that has had enough of its client."""
    raise too_many("signatures", 7)


def test_call__too_many_failures__answer_is_held_without_the_body() -> None:
    """The answer waits, the memory of the body does not."""
    budget, seen = Budget(), list[Any]()
    free = budget.free

    async def hold(seconds: float) -> None:
        seen.extend((seconds, budget.free == free))

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": BODY}

    async def send(message: Any) -> None:
        seen.append(message["type"])

    app = HttpApp({"/": Route(refused, ("POST",), 10**6)}, budget=budget, hold=hold)
    headers = [(b"content-length", str(len(BODY)).encode())]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
    asyncio.run(app(scope, receive, send))
    assert seen == [HELD_SECONDS, True, "http.response.start", "http.response.body"]


class Database:
    """A database that counts how often it is asked, and can be away."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False

    async def ping(self) -> None:
        """Count, and fail when it is away."""
        self.asked += 1
        if self.away:
            raise FraisierError("away", code="database-unavailable")


def test_health__asked_again_at_once__is_told_the_same() -> None:
    """A good answer is good for a moment; a bad one is not."""
    database, time = Database(), [50.0]
    health = HealthEndpoint(cast("AsyncDatabase", database), lambda: time[0])
    request = Request("GET", "/health", b"", {})

    def status() -> int:
        return asyncio.run(health(request)).status

    assert [status(), status(), database.asked] == [200, 200, 1]
    time[0] += FRESH_SECONDS
    database.away = True
    assert [status(), status(), database.asked] == [503, 503, 3]
    database.away = False
    assert [status(), database.asked] == [200, 4]
