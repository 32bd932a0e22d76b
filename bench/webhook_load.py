"""The load of webhooks: signed beforehand, each with a delivery id that nobody has used."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import sys
import time
import uuid
from typing import Any

from bench.load import Connection

BYTES = 3_000
VARIANTS = 64  # bodies, each of another commit
HEAD = (
    b"POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"User-Agent: GitHub-Hookshot/0000000\r\nAccept: */*\r\nX-GitHub-Event: push\r\n"
    b"X-GitHub-Delivery: %b\r\nX-Hub-Signature-256: sha256=%b\r\nContent-Length: %d\r\n\r\n%b"
)
NUMBER = "0123456789abcdef-number"  # in a body: what tells it from every other one


class Deliveries:
    """Whole requests, one after another; each is a push of its own, signed."""

    def __init__(self, secret: str, repository: str) -> None:
        self._key = secret.encode()
        bodies = [_body(number, repository) for number in range(VARIANTS)]
        self._bodies = [body.split(NUMBER.encode()) for body in bodies]
        self._prefix = uuid.uuid4().hex[:12]
        self._numbers = itertools.count()

    def next(self) -> bytes:
        """A request that was never sent before."""
        number = next(self._numbers)
        name = f"{self._prefix}-{number:010d}".encode()
        body = name.join(self._bodies[number % VARIANTS])
        signature = hmac.digest(self._key, body, "sha256").hex().encode()
        return HEAD % (name, signature, len(body), body)


class Deliverer(Connection):
    """Sends the next webhook as soon as the last one is accepted."""

    good = b"HTTP/1.1 202"

    def __init__(self, deliveries: Deliveries, latencies: list[float]) -> None:
        super().__init__(b"", latencies)
        self._deliveries = deliveries

    def _send(self) -> None:
        self.request = self._deliveries.next()
        super()._send()


def _body(number: int, repository: str, commit: str | None = None) -> bytes:
    commit = commit or hashlib.sha1(str(number).encode()).hexdigest()
    document: dict[str, Any] = {
        "ref": "refs/heads/main",
        "before": "1" * 40,
        "after": commit,
        "deleted": False,
        "repository": {"full_name": "acme/shop", "clone_url": repository},
        "head_commit": {"id": commit, "message": NUMBER},
        "sender": {"login": "alice"},
    }
    document["head_commit"]["message"] += "x" * (BYTES - len(json.dumps(document)))
    return json.dumps(document).encode()


def delivery_of(port: int, secret: str, repository: str, commit: str) -> int:
    """Deliver one push of a commit; the status of the answer."""
    import http.client

    body = _body(0, repository, commit)
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": uuid.uuid4().hex,
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    connection.request("POST", "/webhook", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


async def _run(
    port: int, seconds: float, connections: int, deliveries: Deliveries
) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    opened: list[Deliverer] = []
    for _ in range(connections):
        made = lambda: Deliverer(deliveries, latencies)  # noqa: E731
        opened.append((await loop.create_connection(made, "127.0.0.1", port))[1])
    started, used = time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    elapsed, used = time.perf_counter() - started, time.process_time() - used
    for connection in opened:
        if connection.broken:
            raise SystemExit(f"a wrong answer: {connection.broken}")
        connection.finish()
    latencies.sort()
    answers = len(latencies)
    while any(not connection.idle for connection in opened):  # the last answers count for the sum
        await asyncio.sleep(0.01)
    return {
        "requests": answers,
        "accepted": len(latencies),
        "requests_per_second": answers / elapsed,
        "p50_ms": 1000 * latencies[answers // 2],
        "p99_ms": 1000 * latencies[int(answers * 0.99)],
        "load_busy": used / elapsed,
    }


def main() -> None:
    """Arguments: port, seconds, connections; secret and repository on standard input."""
    import uvloop

    port, seconds, connections = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    deliveries = Deliveries(*sys.stdin.read().split())
    print(json.dumps(uvloop.run(_run(port, seconds, connections, deliveries))))


if __name__ == "__main__":
    main()
