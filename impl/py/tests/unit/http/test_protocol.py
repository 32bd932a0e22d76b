"""Connections: nobody holds one for nothing, and there are never too many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fraisier.http.app import HttpApp, Route
from fraisier.http.messages import Request, Response, json_response
from fraisier.http.protocol import BoundedProtocol
from uvicorn.server import ServerState

ASK = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Coroutine[Any, Any, Streams]]


class Impatient(BoundedProtocol):
    """Waits a moment for headers."""

    header_seconds = 0.2


class Narrow(BoundedProtocol):
    """Takes two connections."""

    most = 2


async def well(_request: Request) -> Response:
    """An endpoint."""
    return json_response(200, {"status": "ok"})


@asynccontextmanager
async def serving(protocol: type[BoundedProtocol]) -> AsyncGenerator[Connect]:
    """A server on a free port; what is given connects to it."""
    app = HttpApp({"/health": Route(well, ("GET",))})
    config = uvicorn.Config(app, log_config=None, timeout_keep_alive=3600)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(config, state, {}), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    opened: list[asyncio.StreamWriter] = []

    async def connect() -> Streams:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        opened.append(writer)
        return reader, writer

    try:
        yield connect
    finally:
        for writer in opened:
            writer.close()
        server.close()
        await server.wait_closed()


async def answered(streams: Streams, data: bytes = ASK) -> bytes:
    """The status line of the answer; the body is read, too."""
    reader, writer = streams
    writer.write(data)
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length))
    return head.partition(b"\r\n")[0]


def run(
    scene: Callable[[Connect], Coroutine[Any, Any, None]],
    protocol: type[BoundedProtocol] = Impatient,
) -> None:
    """Play a scene; one that hangs fails."""

    async def play() -> None:
        async with serving(protocol) as connect:
            await asyncio.wait_for(scene(connect), 60)

    asyncio.run(play())


def test_silence__at_first__ends_the_connection() -> None:
    """Who connects and says nothing is not waited for."""

    async def scene(connect: Connect) -> None:
        reader, _ = await connect()
        assert await reader.read() == b""

    run(scene)


def test_blank_lines__between_requests__are_no_request() -> None:
    """They come before a request and begin none: whoever sends them is not waited for either."""

    async def scene(connect: Connect) -> None:
        streams = await connect()
        assert b"200" in await answered(streams)
        streams[1].write(b"\r\n")
        assert await streams[0].read() == b""

    run(scene)


def test_headers__half_of_the_second_request__end_the_connection() -> None:
    """The clock runs for each request of a connection."""

    async def scene(connect: Connect) -> None:
        streams = await connect()
        assert b"200" in await answered(streams)
        streams[1].write(ASK[:20])
        assert await streams[0].read() == b""

    run(scene)


def test_requests__one_after_another__keep_the_connection() -> None:
    """A good client is not cut off: also when it pipelines, or sends blank lines first."""

    async def scene(connect: Connect) -> None:
        streams = await connect()
        for data in (ASK, b"\r\n" + ASK, ASK + ASK):
            assert b"200" in await answered(streams, data)
        assert b"200" in await answered(streams, b"")

    run(scene, Narrow)


def test_connections__one_too_many__takes_the_place_of_an_idle_one() -> None:
    """Who waits for nothing makes room."""

    async def scene(connect: Connect) -> None:
        idle, other = await connect(), await connect()
        assert b"200" in await answered(idle)
        other[1].write(ASK[:30])  # in the middle of a request
        third = await connect()
        assert b"200" in await answered(third)
        assert await idle[0].read() == b""

    run(scene, Narrow)


def test_connections__all_busy__further_ones_are_refused() -> None:
    """503 with Retry-After, and the end of the connection."""

    async def scene(connect: Connect) -> None:
        for _ in range(2):
            _, writer = await connect()
            writer.write(ASK[:30])
        reader, _ = await connect()
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: " in answer
        assert b'"code":"overloaded"' in answer

    run(scene, Narrow)
