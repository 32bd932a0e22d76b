"""
Thousands of WebSockets that listen: ``python -m bench.subscriber_load``, settings as JSON on stdin.

It also makes the events, so that one clock says when each was committed and when each
subscriber had it. The clients speak just enough of the protocol; every message is read.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import resource
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop
from fraisier.db import connect

from bench.servers import Server

CURSOR = b'"cursor":'
CONNECTING_AT_ONCE = 20
DOCUMENT = (
    'subscription {{ deploymentProgress(deploymentId: "{deployment}")'
    " {{ deploymentId step progress message timestamp }} }}"
)
HANDSHAKE = (
    "GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\nAuthorization: Bearer bench\r\n\r\n"
)


@dataclass(frozen=True)
class Settings:
    """What is measured."""

    port: int
    pid: int
    database_url: str
    deployment: str
    subscribers: int
    events: int
    pause: float  # seconds between two events


class Subscriber(asyncio.Protocol):
    """One client; ``cursors`` and ``times`` of all events that it has had."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.cursors: list[int] = []
        self.times: list[float] = []
        self.ready = asyncio.Event()
        self.lost = False
        self._transport: Any = None
        self._buffer = b""
        self._open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands."""
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        self._transport.write(HANDSHAKE.format(port=self.settings.port, key=key).encode())

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody closes before the end."""
        self.lost = True

    def data_received(self, data: bytes) -> None:
        """Take frames apart."""
        now = time.monotonic()
        if self._open and not self._buffer and data[:2] == b"\x81\x7e":
            size = (data[2] << 8) + data[3] if len(data) > 3 else 0
            if len(data) == size + 4:  # one whole message, as nearly always
                self._take(1, data, now)
                return
        self._buffer += data
        if not self._open:
            self._finish_handshake()
        while len(self._buffer) >= 2:
            size, start = self._buffer[1], 2
            if size == 126:
                if len(self._buffer) < 4:
                    return
                size, start = struct.unpack("!H", self._buffer[2:4])[0], 4
            if len(self._buffer) < start + size:
                return
            opcode = self._buffer[0] & 15
            message, self._buffer = (
                self._buffer[start : start + size],
                self._buffer[start + size :],
            )
            self._take(opcode, message, now)

    def _finish_handshake(self) -> None:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(f"no handshake: {head[:200]!r}")
        self._open, self._buffer = True, rest
        self.send({"type": "connection_init"})

    def _take(self, opcode: int, message: bytes, now: float) -> None:
        if opcode == 9:
            self._frame(10, message)
        elif b'"type":"next"' in message[:40]:
            place = message.rfind(CURSOR)
            if place < 0:
                raise RuntimeError(f"no cursor: {message!r}")
            self.cursors.append(int(message[place + len(CURSOR) :].rstrip(b"}")))
            self.times.append(now)
        elif b'"connection_ack"' in message:
            after = json.loads(message)["payload"]["cursor"]
            document = DOCUMENT.format(deployment=self.settings.deployment)
            payload = {"query": document, "extensions": {"after": after}}
            self.send({"id": "1", "type": "subscribe", "payload": payload})
            self.ready.set()
        else:
            raise RuntimeError(f"unexpected: {message!r}")

    def send(self, message: Any) -> None:
        """Send a message."""
        self._frame(1, json.dumps(message).encode())

    def _frame(self, opcode: int, payload: bytes) -> None:
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else bytes([254]) + struct.pack("!H", size)
        # A mask of zeros is a mask.
        self._transport.write(bytes([128 | opcode]) + length + bytes(4) + payload)


def memory_of(pid: int) -> int:
    """Resident bytes of a process."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


async def measure(settings: Settings) -> dict[str, Any]:
    """Connect all, make the events, wait until everybody has them."""
    before = memory_of(settings.pid)
    begun = time.monotonic()
    subscribers = await _connected(settings)
    connected = time.monotonic() - begun
    await asyncio.sleep(1.0)
    memory = memory_of(settings.pid) - before
    server = Server(settings.port, settings.pid)
    at_start = server.cpu_seconds()
    committed = await asyncio.to_thread(_make_events, settings)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and any(
        len(each.cursors) < settings.events for each in subscribers
    ):
        await asyncio.sleep(0.05)
    return _judged(settings, subscribers, committed) | {
        "cpu_at_start": at_start,
        "cpu_at_end": server.cpu_seconds(),
        "connected_in_seconds": round(connected, 1),
        "kilobytes_each": round(memory / settings.subscribers / 1000, 1),
    }


async def _connected(settings: Settings) -> list[Subscriber]:
    loop, places = asyncio.get_running_loop(), asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def one() -> Subscriber:
        async with places:
            made: Callable[[], Subscriber] = lambda: Subscriber(settings)  # noqa: E731
            _, subscriber = await loop.create_connection(made, "127.0.0.1", settings.port)
            await asyncio.wait_for(subscriber.ready.wait(), 60)
            return subscriber

    return list(await asyncio.gather(*(one() for _ in range(settings.subscribers))))


def _make_events(settings: Settings) -> list[float]:
    """When each was committed, in their order."""
    database = connect(settings.database_url)
    committed: list[float] = []
    due = time.monotonic()
    for number in range(settings.events):
        due += settings.pause
        time.sleep(max(0.0, due - time.monotonic()))
        answer = database.call(
            "fn_record_step",
            deployment_id=settings.deployment,
            fencing_token=1,
            step="build",
            state="started",
            progress=number % 100,
            message=f"news {number}",
        )
        committed.append(time.monotonic())
        if not answer.succeeded:
            raise RuntimeError(answer.message)
    database.close()
    return committed


def _judged(
    settings: Settings, subscribers: list[Subscriber], committed: list[float]
) -> dict[str, Any]:
    expected = max((each.cursors for each in subscribers), key=len)
    right = len(expected) == settings.events and expected == sorted(set(expected))
    same = sum(each.cursors == expected and not each.lost for each in subscribers)
    latencies = sorted(
        max(0.0, had - made) * 1000
        for each in subscribers
        for had, made in zip(each.times, committed, strict=False)
    )
    return {
        "subscribers": settings.subscribers,
        "events": settings.events,
        "all_in_order": right and same == settings.subscribers,
        "p50_ms": round(latencies[len(latencies) // 2], 1),
        "p99_ms": round(latencies[int(len(latencies) * 0.99)], 1),
        "max_ms": round(latencies[-1], 1),
    }


def main() -> None:
    """Print what was measured as JSON."""
    settings = Settings(**json.load(sys.stdin))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(json.dumps(uvloop.run(measure(settings))))


if __name__ == "__main__":
    main()
