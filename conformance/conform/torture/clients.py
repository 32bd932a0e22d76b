"""The hostile clients: each says how it was answered."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
import uuid
from collections import Counter
from typing import NamedTuple
from urllib.parse import urlsplit

from conform.torture.http import Client, LostError
from conform.torture.sender import Forge, Push

PIECE = b"x" * 65_536
HUGE_ROUNDS = 50
SLOW_BYTES = 5_000_000
SLOW_PIECES = 4
DRIP_SECONDS = 0.5
PATIENCE_SECONDS = 60.0
HEAD = (
    "POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    "X-GitHub-Event: push\r\nX-GitHub-Delivery: {delivery}\r\n"
    "X-Hub-Signature-256: sha256=" + "0" * 64 + "\r\n{length}\r\n\r\n"
)


class Address(NamedTuple):
    """Where the server listens."""

    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Address:
        """The address of a URL."""
        parts = urlsplit(url)
        return cls(parts.hostname or "127.0.0.1", parts.port or 80)


def _head(length: str) -> bytes:
    return HEAD.format(delivery=uuid.uuid4(), length=length).encode()


async def huge_body(address: Address, mib: int) -> Counter[str]:
    """Bodies with their length said beforehand, and others in chunks that do not say it."""
    size = mib * 1024 * 1024
    pieces = size // len(PIECE)
    chunk = b"%x\r\n%b\r\n" % (len(PIECE), PIECE)
    answers: Counter[str] = Counter()
    for _ in range(HUGE_ROUNDS):
        said = await asyncio.gather(
            _pour(address, _head(f"Content-Length: {size}"), PIECE, pieces),
            _pour(address, _head("Transfer-Encoding: chunked"), chunk, pieces),
        )
        answers.update(said)
    return answers


async def _pour(address: Address, head: bytes, piece: bytes, count: int) -> str:
    """Send as long as somebody takes it; the status, or how it ended."""
    reader, writer = await asyncio.open_connection(*address)
    writer.write(head)
    with contextlib.suppress(OSError):
        for _ in range(count):
            writer.write(piece)
            await writer.drain()
            if reader.at_eof():
                break
    return await _status(reader, writer)


async def _status(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            line = await reader.readline()
    except TimeoutError:
        return "nothing"
    except OSError:
        return "reset"
    finally:
        writer.close()
    return _said(line)


async def slow_client(address: Address, count: int, seconds: float) -> Counter[str]:
    """Connections that announce a large body and send it byte by byte."""
    until = time.monotonic() + seconds
    answers = await asyncio.gather(*(_drip(address, until) for _ in range(count)))
    return Counter(answers)


async def _drip(address: Address, until: float) -> str:
    try:
        reader, writer = await asyncio.open_connection(*address)
    except OSError:
        return "refused"
    answer = asyncio.create_task(reader.readline())
    with contextlib.suppress(OSError):
        # A good deal at once, which has to be kept somewhere, and then next to nothing.
        writer.write(_head(f"Content-Length: {SLOW_BYTES}") + PIECE * SLOW_PIECES)
        while time.monotonic() < until and not answer.done():
            writer.write(b"x")
            await writer.drain()
            await asyncio.wait((answer,), timeout=DRIP_SECONDS)
    held = not answer.done()
    writer.close()
    try:
        return "held" if held else _said(await answer)
    except OSError:
        return "reset"
    finally:
        answer.cancel()


def _said(line: bytes) -> str:
    return line.split(b" ")[1].decode() if line.startswith(b"HTTP/1.1 ") else "closed"


async def wrong_signatures(forge: Forge, url: str, count: int, connections: int) -> Counter[str]:
    """Deliveries of somebody who does not know the secret."""
    answers: Counter[str] = Counter()
    numbers = itertools.count()
    push = Push("main", "b" * 40, str(uuid.uuid4()))
    request = forge.request(push, secret="somebody-who-guesses-it")

    async def lane() -> None:
        client = Client(url)
        while next(numbers) < count:
            try:
                answers[str((await client.ask(request)).status)] += 1
            except LostError:
                answers["lost"] += 1
        client.close()

    await asyncio.gather(*(lane() for _ in range(connections)))
    return answers
