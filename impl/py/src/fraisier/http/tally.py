"""What all workers of a server have counted: each one writes its own, any of them adds up."""

from __future__ import annotations

import asyncio
import json
import mmap
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

SLOT_BYTES = 64 * 1024
WRITE_SECONDS = 0.5
_HEAD = struct.Struct("!II")  # length and checksum

Counts = Mapping[str, float]


class Tally:
    """
    A place of shared memory for each worker; made before they are.

    What a dead worker had counted stays: its successor counts on from there.
    """

    def __init__(self, workers: int) -> None:
        self._memory = mmap.mmap(-1, workers * SLOT_BYTES)
        self._workers = workers

    def write(self, worker: int, counts: Counts) -> None:
        """Let the others know."""
        text = json.dumps(counts).encode()
        if len(text) + _HEAD.size <= SLOT_BYTES:
            start = worker * SLOT_BYTES
            packed = _HEAD.pack(len(text), zlib.crc32(text)) + text
            self._memory[start : start + len(packed)] = packed

    def read(self, worker: int) -> dict[str, float] | None:
        """What a worker wrote last; None while it is being written."""
        start = worker * SLOT_BYTES
        length, checksum = _HEAD.unpack(self._memory[start : start + _HEAD.size])
        text = self._memory[start + _HEAD.size : start + _HEAD.size + min(length, SLOT_BYTES)]
        if not length:
            return {}
        return json.loads(text) if zlib.crc32(text) == checksum else None

    def others(self, worker: int) -> list[dict[str, float]]:
        """What each other worker wrote last."""
        places = [each for each in range(self._workers) if each != worker]
        return [self._patiently(each) for each in places]

    def _patiently(self, worker: int) -> dict[str, float]:
        for _ in range(100):
            if (found := self.read(worker)) is not None:
                return found
        return {}  # it died while it wrote


class Counting:
    """
    The counters of one worker, and of all of them. ``mine()`` are those of this process
    alone, since it began; names that begin with ``now:`` do not outlive it.
    """

    def __init__(
        self, mine: Callable[[], Counts], tally: Tally | None = None, worker: int = 0
    ) -> None:
        self._mine = mine
        self._tally = tally
        self._worker = worker
        before = tally.read(worker) if tally is not None else None
        self._before = {k: v for k, v in (before or {}).items() if not k.startswith("now:")}

    def own(self) -> Counter[str]:
        """Of this worker and those whose place it took."""
        return Counter(self._before) + Counter(dict(self._mine()))  # type: ignore[arg-type]

    def all(self) -> Counter[str]:
        """Of all workers; of the others as of half a second ago."""
        total: Counter[Any] = self.own()
        for each in self._tally.others(self._worker) if self._tally else ():
            total.update(each)
        return total

    async def keep(self, stopping: asyncio.Event) -> None:
        """Let the others know, every now and then, until the end."""
        while self._tally is not None:
            self._tally.write(self._worker, self.own())
            if stopping.is_set():
                return
            try:
                async with asyncio.timeout(WRITE_SECONDS):
                    await stopping.wait()
            except TimeoutError:
                continue
