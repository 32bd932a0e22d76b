"""The forge of a torture: many connections, each repeats what got no answer."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from conform.torture.http import Client, LostError
from conform.world.server import signature

BYTES = 3_000
PAUSE_SECONDS = 0.02
HEAD = (
    "POST /webhook HTTP/1.1\r\nHost: forge.example\r\nContent-Type: application/json\r\n"
    "User-Agent: GitHub-Hookshot/0000000\r\nX-GitHub-Event: push\r\nX-GitHub-Delivery: {delivery}"
    "\r\nX-Hub-Signature-256: {signature}\r\nContent-Length: {length}\r\n\r\n"
)


@dataclass(slots=True)
class Push:
    """One push, and what became of it: times are of one clock, the sender's."""

    branch: str
    commit: str
    delivery: str
    sent_at: float = 0.0
    answered_at: float = 0.0
    tries: int = 0
    statuses: list[int] = field(default_factory=list[int])
    event: str = ""  # the id that the answer gave it


@dataclass(slots=True)
class Forge:
    """
    Sends pushes to whoever ``url()`` names now; ``None`` while nobody is there.

    ``answered`` counts the pushes that were accepted; ``latencies`` are of single
    attempts that were answered, in seconds.
    """

    secret: str
    repository: str
    url: Callable[[], str | None]
    answered: int = 0
    repeated: int = 0
    latencies: list[float] = field(default_factory=list[float])

    async def send(self, lanes: Sequence[Sequence[Push]]) -> None:
        """Every lane on a connection of its own, one push after another in each."""
        await asyncio.gather(*(self._lane(lane) for lane in lanes))

    async def _lane(self, pushes: Sequence[Push]) -> None:
        client, at = None, None
        for push in pushes:
            request = self.request(push)
            push.sent_at = time.monotonic()
            while not push.answered_at:
                now = self.url()
                if client is None or now != at:
                    client, at = (Client(now) if now else None), now
                if client is None or not await self._deliver(client, push, request):
                    await asyncio.sleep(PAUSE_SECONDS)
        if client is not None:
            client.close()

    async def _deliver(self, client: Client, push: Push, request: bytes) -> bool:
        """One attempt; true when the push needs no further one."""
        push.tries += 1
        self.repeated += push.tries > 1
        began = time.monotonic()
        try:
            reply = await client.ask(request)
        except LostError:
            return False
        push.statuses.append(reply.status)
        if reply.status >= 500:
            return False
        push.answered_at = time.monotonic()
        self.latencies.append(push.answered_at - began)
        self.answered += 1
        if reply.status == 202:
            push.event = str(reply.json()["event"]["id"])
        return True

    def request(self, push: Push, secret: str | None = None) -> bytes:
        """A signed delivery of about 3 kB."""
        body = self._body(push)
        head = HEAD.format(
            delivery=push.delivery,
            signature=signature(body, secret or self.secret),
            length=len(body),
        )
        return head.encode() + body

    def _body(self, push: Push) -> bytes:
        document = {
            "ref": f"refs/heads/{push.branch}",
            "before": "1" * 40,
            "after": push.commit,
            "deleted": False,
            "repository": {"full_name": "example/shop", "clone_url": self.repository},
            "head_commit": {"id": push.commit, "message": ""},
            "sender": {"login": "alice"},
        }
        return (
            json.dumps(document)
            .encode()
            .replace(b'"message": ""', b'"message": "%b"' % (b"x" * (BYTES - 400)))
        )
