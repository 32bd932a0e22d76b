"""The short way: what comes as a whole is answered alike, in its order, and never for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from fraisier.http.app import HttpApp, KnownAnswer, Route
from fraisier.http.direct import IN_A_ROW_MAX, DirectProtocol
from fraisier.http.messages import Request, Response
from fraisier.http.wire import wire_of
from uvicorn.server import ServerState

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Coroutine[Any, Any, Streams]]


class Impatient(DirectProtocol):
    """Waits a moment for headers, and another one between requests."""

    header_seconds = 0.2

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.timeout_keep_alive = 0.2  # pyright: ignore[reportAttributeAccessIssue]


class Ways:
    """An application that says back what it is sent, and counts who went which way."""

    def __init__(self, known: Callable[[Request], KnownAnswer | None] | None = None) -> None:
        self.long = self.short = 0
        self.app = HttpApp({"/echo": Route(self._echo, ("GET", "POST"), 100_000, at_once=known)})
        self.app.answer = self._counted(self.app.answer)

    def _counted(self, answer: Any) -> Any:
        async def counted(route: Route, request: Request) -> Response:
            self.short += 1
            return await answer(route, request)

        return counted

    async def _echo(self, request: Request) -> Response:
        self.long += 1
        if request.body == b"fault":
            raise RuntimeError("a fault")
        await asyncio.sleep(0)
        return Response(200, request.body)

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator[Connect]:
        """Serve; what is given connects."""
        config = uvicorn.Config(self.app, log_config=None, timeout_keep_alive=3600)
        config.load()
        state, loop = ServerState(), asyncio.get_running_loop()
        server = await loop.create_server(lambda: Impatient(config, state, {}), "127.0.0.1", 0)
        opened: list[asyncio.StreamWriter] = []

        async def connect() -> Streams:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            opened.append(writer)
            return reader, writer

        try:
            yield connect
        finally:
            for writer in opened:
                writer.close()
            server.close()

    def ask(self, *pieces: bytes, pause: float = 0.0) -> bytes:
        """What a connection is answered until it ends, for pieces that are sent one by one."""

        async def run() -> bytes:
            async with self.serving() as connect:
                reader, writer = await connect()
                for piece in pieces:
                    writer.write(piece)
                    await asyncio.sleep(pause)
                async with asyncio.timeout(10):
                    return await reader.read()

        return asyncio.run(run())


def post(body: bytes, *more: bytes) -> bytes:
    """A request."""
    lines = [b"POST /echo HTTP/1.1", b"Host: localhost", b"Content-Length: %d" % len(body), *more]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def bodies(answers: bytes) -> list[bytes]:
    """The bodies of answers that follow each other."""
    found: list[bytes] = []
    while answers:
        head, _, answers = answers.partition(b"\r\n\r\n")
        size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        found.append(answers[:size])
        answers = answers[size:]
    return found


def test_data_received__whole_requests__take_the_short_way() -> None:
    """One after another on a connection, which ends when it is idle for long enough."""
    ways = Ways()
    answers = ways.ask(post(b"one"), post(b"two"), pause=0.05)
    assert bodies(answers) == [b"one", b"two"]
    assert ways.short == 2


def test_data_received__many_together__are_answered_in_their_order() -> None:
    """More than may be answered in a row: the others wait for their turn."""
    ways = Ways()
    sent = [b"%d" % number for number in range(2 * IN_A_ROW_MAX)]
    assert bodies(ways.ask(b"".join(map(post, sent)))) == sent


def test_data_received__known_answers__are_sent_at_once_and_in_order() -> None:
    """Also between others that have to be found out."""

    def known(request: Request) -> KnownAnswer | None:
        if request.body == b"unknown":
            return None
        return KnownAnswer(200, wire_of(Response(200, b"known " + request.body)))

    ways = Ways(known)
    asked = [b"a", b"unknown", b"b", *[b"c"] * (2 * IN_A_ROW_MAX)]
    answered = bodies(ways.ask(b"".join(map(post, asked))))
    assert [each.removeprefix(b"known ") for each in answered] == asked
    assert answered[:2] == [b"known a", b"unknown"]


@pytest.mark.parametrize("cut", [5, 30, -3])
def test_data_received__in_pieces__takes_the_long_way(cut: int) -> None:
    """Wherever it is cut; what follows on the connection may take the short way again."""
    ways = Ways()
    first = post(b"a body in pieces")
    answers = ways.ask(first[:cut], first[cut:], post(b"whole"), pause=0.05)
    assert bodies(answers) == [b"a body in pieces", b"whole"]
    assert ways.long == 2
    assert ways.short == (2 if cut > 0 else 1)


@pytest.mark.parametrize(
    "unusual",
    [b"Connection: close", b"Origin: http://elsewhere", b"Accept: text/event-stream"],
)
def test_data_received__something_unusual__takes_the_long_way(unusual: bytes) -> None:
    """Whoever asks for something that only the long way has is sent there."""
    ways = Ways()
    assert bodies(ways.ask(post(b"odd", unusual))) == [b"odd"]
    assert (ways.long, ways.short) == (1, 0)


def test_data_received__two_lengths__are_refused_as_ever() -> None:
    """What is unclear is refused by the long way."""
    ways = Ways()
    assert ways.ask(post(b"odd", b"Host: another")).startswith(b"HTTP/1.1 400 ")
    assert (ways.long, ways.short) == (0, 0)


def test_data_received__headers_that_do_not_end__end_the_connection() -> None:
    """Silence in the middle of the headers is slow, also after an answer."""
    ways = Ways()
    answers = ways.ask(post(b"one"), b"POST /echo HTTP/1.1\r\nHost:", pause=0.05)
    assert bodies(answers) == [b"one"]


def test_data_received__a_fault__is_answered_and_the_connection_goes_on() -> None:
    """One request's fault is not the next one's."""
    ways = Ways()
    answers = ways.ask(post(b"fault"), post(b"well"), pause=0.05)
    assert answers.startswith(b"HTTP/1.1 500 ")
    assert bodies(answers)[1] == b"well"


def test_wire_of__line_break_in_a_header__is_refused() -> None:
    """A header is one line, whoever made it."""
    with pytest.raises(RuntimeError):
        wire_of(Response(200, b"", [(b"allow", b"GET\r\nset-cookie: a=b")]))
