"""Who listens is asked for again, and refused once."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from fraisier.api.access import Guard
from fraisier.api.subscriptions import recheck
from fraisier.api.subscriptions.recheck import Recheck
from fraisier.domain.errors import FraisierError
from fraisier.http.messages import Request


class Answers:
    """A guard that answers one thing after another, the last one for ever."""

    def __init__(self, *codes: str | None) -> None:
        self.codes = list(codes)
        self.asked = 0

    async def identify(self, _request: Request) -> None:
        """Refuse with the next code; None lets in."""
        self.asked += 1
        code = self.codes.pop(0) if len(self.codes) > 1 else self.codes[0]
        if code is not None:
            raise FraisierError("no", code=code)


def refusals(answers: Answers, monkeypatch: pytest.MonkeyPatch, until: int) -> list[str]:
    """The codes that are told while it is asked ``until`` times."""
    monkeypatch.setattr(recheck, "RECHECK_SECONDS", 0.0)
    told: list[str] = []

    async def listen() -> None:
        request = Request("GET", "/graphql", b"", {})
        watched = Recheck(cast("Guard", answers), request, lambda error: told.append(error.code))
        async with asyncio.timeout(10):
            while answers.asked < until and not told:
                await asyncio.sleep(0)
        watched.end()
        before: Any = answers.asked
        await asyncio.sleep(0.01)
        assert answers.asked == before

    asyncio.run(listen())
    return told


def test_recheck__token_revoked_later__is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let in twice, then no more; nothing is asked after that."""
    answers = Answers(None, None, "unauthorized")
    assert refusals(answers, monkeypatch, 10) == ["unauthorized"]
    assert answers.asked == 3


def test_recheck__database_away__refuses_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """That says nothing about a token."""
    assert refusals(Answers("database-unavailable"), monkeypatch, 3) == []
