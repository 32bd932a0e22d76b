"""
``python -m bench.request_cost DATABASE CONFIG``: what one request costs without its socket.

The server's protocol is given the bytes of requests and its transport keeps the answers, in one
process; what is printed is microseconds of processor time for each request. Run it in turns over
two checkouts (``PYTHONPATH=OTHER/impl/py/src``) to compare them.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from fraisier.api.app import api_app
from fraisier.http.run import DirectProtocol as BoundedProtocol
from fraisier.wiring import application
from uvicorn.server import ServerState

from bench.load import COUNTER, HEAD
from bench.workloads import WORKLOADS, Workload

BATCHES = 15
CALLS = 200


class Transport(asyncio.Transport):
    """Keeps the last answer."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.answer = b""
        self.whole = asyncio.Event()

    def write(self, data: Any) -> None:
        """Wake who waits, when all of it is there."""
        self.answer += data
        head, found, body = self.answer.partition(b"\r\n\r\n")
        if found and len(body) == int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]):
            self.whole.set()

    def is_closing(self) -> bool:
        """Never."""
        return False

    def pause_reading(self) -> None:
        """Nothing to do."""

    def resume_reading(self) -> None:
        """Nothing to do."""

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing to do."""

    def get_write_buffer_size(self) -> int:
        """Nothing waits."""
        return 0


async def _cost(protocol: BoundedProtocol, transport: Transport, workload: Workload) -> float:
    body = workload.body()
    request = HEAD.format(length=len(body)).encode() + body
    rounds: list[float] = []
    number = 0
    for _ in range(BATCHES):
        started = time.process_time()
        for _ in range(CALLS):
            number += 1
            transport.answer = b""
            transport.whole.clear()
            protocol.data_received(request.replace(COUNTER, b"n%010d" % number))
            await transport.whole.wait()
        rounds.append((time.process_time() - started) / CALLS * 1e6)
        if workload.probe.encode() not in transport.answer or b'"errors"' in transport.answer:
            raise SystemExit(f"{workload.name}: {transport.answer[:500]!r}")
    return round(statistics.median(rounds), 1)


async def measure(config: Path, database_url: str) -> dict[str, float]:
    """Microseconds for each workload."""
    current = application(config, database_url, {}, Path.cwd())
    database = current.open_async_database()
    app = api_app(lambda: current, database, "bench")
    settings = uvicorn.Config(app, log_config=None, access_log=False)
    settings.load()
    protocol = BoundedProtocol(settings, ServerState(), {})
    transport = Transport()
    protocol.connection_made(transport)
    costs = {each.name: await _cost(protocol, transport, each) for each in WORKLOADS}
    await database.close()
    return costs


if __name__ == "__main__":
    print(json.dumps(uvloop.run(measure(Path(sys.argv[2]), sys.argv[1]))))
