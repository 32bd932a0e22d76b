"""The same question is asked once for many, and never before they have asked it."""

from __future__ import annotations

import asyncio

import pytest
from fraisier.db.shared_reads import SharedReads


class Database:
    """Answers with how often it has been asked, once it is let."""

    def __init__(self) -> None:
        self.asked = 0
        self.may = asyncio.Event()
        self.fails = False

    async def ask(self) -> int:
        """Wait, and answer."""
        self.asked += 1
        number = self.asked
        await self.may.wait()
        if self.fails:
            raise ValueError(number)
        return number


async def turns() -> None:
    """Let everybody go on as far as they can."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_read__while_it_is_under_way__waits_for_the_next_one_together() -> None:
    """The first read may have begun before the others asked; one more is enough for them."""

    async def scene() -> tuple[list[int], int]:
        database, reads = Database(), SharedReads[int]()
        first = asyncio.create_task(reads.read("q", database.ask))
        await turns()
        others = [asyncio.create_task(reads.read("q", database.ask)) for _ in range(5)]
        await turns()
        assert database.asked == 1
        database.may.set()
        return [await first, *await asyncio.gather(*others)], database.asked

    assert asyncio.run(scene()) == ([1, 2, 2, 2, 2, 2], 2)


def test_read__other_question_or_later__is_asked_anew() -> None:
    """Nothing is kept."""

    async def scene() -> list[int]:
        database, reads = Database(), SharedReads[int]()
        database.may.set()
        found = await asyncio.gather(reads.read("q", database.ask), reads.read("r", database.ask))
        return [*found, await reads.read("q", database.ask)]

    assert asyncio.run(scene()) == [1, 2, 3]


def test_read__failure__is_told_to_all_who_share_it_and_no_others() -> None:
    """The next question begins afresh."""

    async def scene() -> int:
        database, reads = Database(), SharedReads[int]()
        database.may.set()
        database.fails = True
        with pytest.raises(ValueError, match="1"):
            await reads.read("q", database.ask)
        database.fails = False
        return await reads.read("q", database.ask)

    assert asyncio.run(scene()) == 2


def test_read__somebody_gives_up__the_others_are_answered() -> None:
    """Also when the one who gives up came first."""

    async def scene() -> list[int]:
        database, reads = Database(), SharedReads[int]()
        readers = [asyncio.create_task(reads.read("q", database.ask)) for _ in range(3)]
        await turns()
        readers[0].cancel()
        readers[1].cancel()
        await turns()
        database.may.set()
        return [await readers[2], await reads.read("q", database.ask)]

    assert asyncio.run(scene()) == [2, 3]
