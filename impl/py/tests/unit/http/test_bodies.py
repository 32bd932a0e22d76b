"""Bodies: bounded each and all together, and given back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.http import bodies
from fraisier.http.bodies import FREE_BYTES, Body, Budget, ClientGone
from fraisier.http.framing import check_framing


def body_of(chunks: Iterable[bytes], budget: Budget, *, ends: bool = True) -> Body:
    """A body that arrives in these pieces, and then ends or hangs up."""
    waiting = list(chunks)

    async def receive() -> dict[str, Any]:
        if not waiting:
            return {"type": "http.disconnect"}
        chunk = waiting.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(waiting) or not ends}

    return Body(receive, budget, 5.0, announced=True)


def read(body: Body, most: int = 10_000_000, headers: dict[str, str] | None = None) -> bytes:
    """The body, read to its end."""
    return asyncio.run(body.read(headers or {}, most))


def test_read__large__takes_and_gives_back() -> None:
    """What is beyond the free part is accounted for until it is released."""
    budget = Budget(1_000_000)
    body = body_of([b"x" * 50_000] * 4, budget)
    assert len(read(body)) == 200_000
    assert (budget.free, body.left) == (1_000_000 - (200_000 - FREE_BYTES), False)
    body.release()
    body.release()
    assert budget.free == 1_000_000


def test_read__budget_used_up__small_ones_still_come() -> None:
    """Who needs more than is left is told to come again; small bodies need none of it."""
    budget = Budget(100_000)
    assert read(body_of([b"x" * (FREE_BYTES + 90_000)], budget))
    large = body_of([b"x" * FREE_BYTES, b"x" * 20_000, b"x"], budget)
    with pytest.raises(FraisierError) as caught:
        read(large)
    assert (caught.value.code, caught.value.http_status) == ("overloaded", 503)
    assert large.left
    assert read(body_of([b"x" * FREE_BYTES], budget))


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"content-encoding": "gzip"}, "unsupported-media-type"),
        ({"content-encoding": "identity, br"}, "unsupported-media-type"),
        ({"content-length": "9999999999"}, "body-too-large"),
        ({"content-length": "9" * 5000}, "body-too-large"),
    ],
)
def test_read__refused_by_its_headers__reads_nothing(headers: dict[str, str], code: str) -> None:
    """Compressed bodies and those that say that they are too large are not read."""
    body = body_of([], Budget())
    with pytest.raises(FraisierError) as caught:
        read(body, headers=headers)
    assert caught.value.code == code
    assert body.left


def test_read__larger_than_it_may_be__is_cut_off() -> None:
    """A body of chunks is counted while it comes."""
    body = body_of([b"x" * 600] * 3, Budget())
    with pytest.raises(FraisierError) as caught:
        read(body, 1000)
    assert caught.value.code == "body-too-large"


def test_discard__more_than_is_listened_to__is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends at the bound; nothing of it is accounted for."""
    monkeypatch.setattr(bodies, "DISCARD_BYTES_MAX", 250_000)
    budget = Budget(1_000_000)
    body = body_of([b"x" * 100_000] * 5, budget)
    asyncio.run(body.discard())
    assert (body.left, budget.free) == (True, 1_000_000)
    asyncio.run(body.discard())
    assert not body.left


def test_discard__sender_says_nothing__ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """It read the answer and waits, or it is no longer there."""
    monkeypatch.setattr(bodies, "SILENCE_SECONDS", 0.01)

    async def silent() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    body = Body(silent, Budget(), 5.0, announced=True)
    asyncio.run(body.discard())
    assert body.left


def test_read__client_hangs_up__is_no_body() -> None:
    """Half a body is never taken for a whole one."""
    with pytest.raises(ClientGone):
        read(body_of([b"half"], Budget(), ends=False))


@pytest.mark.parametrize(
    ("version", "headers"),
    [
        ("0.9", {}),
        ("2.0", {}),
        ("1.1", {"transfer-encoding": "gzip, chunked"}),
        ("1.1", {"transfer-encoding": "identity"}),
        ("1.0", {"transfer-encoding": "chunked"}),
        ("1.1", {"upgrade": "h2c", "content-length": "5"}),
        ("1.1", {"upgrade": "h2c", "transfer-encoding": "chunked"}),
    ],
)
def test_check_framing__unclear__is_refused(version: str, headers: dict[str, str]) -> None:
    """Where two programs could see two ends of a request, there is none."""
    with pytest.raises(FraisierError) as caught:
        check_framing(version, headers)
    assert caught.value.code == "bad-request"


@pytest.mark.parametrize(
    ("version", "headers"),
    [
        ("1.0", {"content-length": "5"}),
        ("1.1", {"transfer-encoding": "Chunked"}),
        ("1.1", {"upgrade": "websocket"}),
        ("1.1", {"upgrade": "h2c", "content-length": "0"}),
        ("1.1", {}),
    ],
)
def test_check_framing__clear__passes(version: str, headers: dict[str, str]) -> None:
    """What can only be read in one way is read."""
    check_framing(version, headers)
