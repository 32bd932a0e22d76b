"""The load: kept-alive connections in a process of its own, counting whole answers."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from functools import lru_cache
from itertools import count
from typing import Any

from bench import workloads

COUNTER = workloads.COUNTER.encode()
HEAD = (
    "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    "Accept: application/json\r\nContent-Length: {length}\r\n\r\n"
)


class Connection(asyncio.Protocol):
    """Sends the request again as soon as the answer is whole, until it is told to finish."""

    good = b"HTTP/1.1 200"

    def __init__(self, request: bytes, latencies: list[float]) -> None:
        self.request = request
        self.latencies = latencies
        self.buffer = b""
        self.started = 0.0
        self.broken: str | None = None
        self.idle = True
        self.transport: Any = None
        self._finishing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = transport
        self._send()

    def finish(self) -> None:
        """Wait for the answer to what was sent, then be idle."""
        self._finishing = True

    def _send(self) -> None:
        self.idle = False
        request = self.next_request()
        self.started = time.perf_counter()
        self.transport.write(request)

    def next_request(self) -> bytes:
        """With a number of its own, where there is a place for one."""
        if COUNTER not in self.request:
            return self.request
        return self.request.replace(COUNTER, b"n%010d" % next(_numbers))

    def data_received(self, data: bytes) -> None:
        """Count the answer when all of it is there."""
        if self.buffer:
            data = self.buffer + data
        end = data.find(b"\r\n\r\n")
        if end < 0 or len(data) < end + 4 + _length(data[:end]):
            self.buffer = data
            return
        if not data.startswith(self.good) or b'"errors"' in data:
            self.broken, self.idle = data[:500].decode(errors="replace"), True
            self.transport.close()
            return
        self.latencies.append(time.perf_counter() - self.started)
        self.buffer = b""
        if self._finishing:
            self.idle = True
            self.transport.close()
        else:
            self._send()


_numbers = count(1)


@lru_cache(maxsize=64)
def _length(head: bytes) -> int:
    return int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])


async def _run(port: int, body: bytes, seconds: float, connections: int) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    request = HEAD.format(length=len(body)).encode() + body
    latencies: list[float] = []
    opened = [
        (await loop.create_connection(lambda: Connection(request, latencies), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    started = time.perf_counter()
    await asyncio.sleep(seconds)
    elapsed = time.perf_counter() - started
    for connection in opened:
        if connection.broken:
            raise SystemExit(f"a wrong answer: {connection.broken}")
        connection.transport.close()
    latencies.sort()
    return {
        "requests": len(latencies),
        "requests_per_second": len(latencies) / elapsed,
        "p50_ms": 1000 * latencies[len(latencies) // 2],
        "p99_ms": 1000 * latencies[int(len(latencies) * 0.99)],
    }


def main() -> None:
    """Arguments: port, seconds, connections; the body on standard input."""
    import uvloop

    port, seconds, connections = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    body = sys.stdin.buffer.read()
    print(json.dumps(uvloop.run(_run(port, body, seconds, connections))))


if __name__ == "__main__":
    main()
