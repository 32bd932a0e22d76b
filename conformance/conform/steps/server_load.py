"""Steps that press a server: bodies that never end, many connections, large wrong signatures."""

from __future__ import annotations

import contextlib
import http.client
import resource
import select
import socket
import threading
from collections.abc import Generator
from dataclasses import dataclass, field

import pytest
from pytest_bdd import given, parsers, then, when

from conform.steps.asking import Happened
from conform.steps.webhook import Delivering
from conform.torture.memory import resident_mib
from conform.world.server import Answer, Server
from conform.world.subject import Subject
from conform.world.waiting import eventually
from conform.world.wire import Received, answer_on, connect

MIB = 1024 * 1024
TOO_SLOW = 408  # what was held for long, on a slow machine
HEAD = (
    "POST /webhook HTTP/1.1\r\nHost: forge.example\r\nContent-Type: application/json\r\n"
    "X-GitHub-Event: push\r\nX-GitHub-Delivery: none\r\n"
    "X-Hub-Signature-256: sha256=" + "0" * 64 + "\r\nContent-Length: {size}\r\n\r\n"
)


@dataclass(slots=True)
class Pressing:
    """Connections that are held, the answers to others, and who goes on without a pause."""

    held: list[socket.socket] = field(default_factory=list[socket.socket])
    answers: list[Received] = field(default_factory=list[Received])
    mib_before: float = 0.0
    stopping: threading.Event = field(default_factory=threading.Event)
    busy: list[threading.Thread] = field(default_factory=list[threading.Thread])

    def somebody_is_refused(self) -> bool:
        """Look for answers on the connections that are held."""
        ready, _, _ = select.select(self.held, [], [], 0.05)
        for connection in ready:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.answers.append(answer_on(connection))
                self.held.remove(connection)
        return bool(self.answers)

    def let_go(self) -> None:
        """Hang up everywhere."""
        self.stopping.set()
        for thread in self.busy:
            thread.join(30)
        for connection in self.held:
            connection.close()
        self.held.clear()


@pytest.fixture
def pressing() -> Generator[Pressing]:
    """Whatever was begun ends with the scenario."""
    pressing = Pressing()
    yield pressing
    pressing.let_go()


def server_of(happened: Happened) -> Server:
    """The server that runs."""
    assert happened.server is not None, "no server is running"
    return happened.server


@given(parsers.parse("a server that may open {count:d} files is running"))
def start_limited(implementation: Subject, happened: Happened, count: int) -> None:
    """It inherits the limit that the suite has at that moment."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
    try:
        happened.server = implementation.serve(observer=False)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@when(parsers.parse("{count:d} bodies of {size:d} MiB are begun and not ended"))
def begin_bodies(happened: Happened, pressing: Pressing, count: int, size: int) -> None:
    """All but the last byte of each is sent, as far as the server takes it."""
    server = server_of(happened)
    pressing.mib_before = resident_mib(server.pid)
    head, body = HEAD.format(size=size * MIB).encode(), b"x" * (size * MIB - 1)
    for _ in range(count):
        connection = connect(server.url, 30)
        pressing.held.append(connection)
        with contextlib.suppress(OSError):  # refused while it sends: the answer is there
            connection.sendall(head + body)
    eventually(pressing.somebody_is_refused, "some body to be refused", 9)


@when(parsers.parse("a body of {size:d} MiB {how} is sent to its end"))
def send_whole_body(happened: Happened, size: int, how: str) -> None:
    """The answer is read only then, as simple clients do."""
    length, chunks = "Content-Length: {size}", "Transfer-Encoding: chunked"
    head = HEAD.replace(length, chunks) if how == "in chunks" else HEAD
    if how == "behind an Upgrade":
        head = head.replace(length, f"Connection: Upgrade\r\nUpgrade: h2c\r\n{length}")
    piece = b"x" * MIB
    if how == "in chunks":
        piece = b"%x\r\n%b\r\n" % (MIB, piece)
    with connect(server_of(happened).url, 60) as connection:
        connection.sendall(head.format(size=size * MIB).encode())
        for _ in range(size):
            connection.sendall(piece)
        received = answer_on(connection)
    happened.answer = Answer(received.status, received.headers, received.text)


@when(parsers.parse("{count:d} connections are opened and say nothing"))
def open_connections(happened: Happened, pressing: Pressing, count: int) -> None:
    """Each waits a moment for a refusal."""
    server = server_of(happened)
    pressing.held += [connect(server.url, 30) for _ in range(count)]
    eventually(pressing.somebody_is_refused, "some connection to be refused", 9)


@when("they hang up")
def hang_up(pressing: Pressing) -> None:
    """Nothing is held any more."""
    pressing.let_go()


@when("large bodies with wrong signatures arrive without a pause")
def flood(happened: Happened, pressing: Pressing) -> None:
    """Four senders of 4 MiB each, until the scenario ends."""
    data = HEAD.format(size=4 * MIB).encode() + b"x" * (4 * MIB)
    url = server_of(happened).url

    def send() -> None:
        while not pressing.stopping.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException), connect(url) as one:
                one.sendall(data)
                pressing.answers.append(answer_on(one))

    pressing.busy += [threading.Thread(target=send, daemon=True) for _ in range(4)]
    for thread in pressing.busy:
        thread.start()
    eventually(lambda: pressing.answers, "the first to be refused", 30)


@then("health says within 30 seconds that all is well")
def well_again(happened: Happened) -> None:
    """The server has recovered by itself."""
    server = server_of(happened)
    eventually(lambda: server.get("/health").status == 200, "health", 30)


@then(parsers.parse('some of them are refused with {status:d} and "{code}"'))
def some_refused(happened: Happened, pressing: Pressing, status: int, code: str) -> None:
    """Not all, and those that are know when to come again."""
    refused = [answer for answer in pressing.answers if answer.status != TOO_SLOW]
    assert refused, "nobody was refused"
    assert pressing.held, "everybody was refused"
    for answer in refused:
        assert answer.status == status, answer
        assert f'"code":"{code}"' in answer.text.replace(" ", ""), answer.text
        assert answer.headers.get("retry-after", "").isdigit(), answer.headers


@then(parsers.parse("the server's memory has grown by less than {mib:d} MiB"))
def memory_is_bounded(happened: Happened, pressing: Pressing, mib: int) -> None:
    """Of its process and all that it has started."""
    grown = resident_mib(server_of(happened).pid) - pressing.mib_before
    assert grown < mib, f"{grown:.0f} MiB more than before"


@then("the flood is refused")
def flood_refused(delivering: Delivering, pressing: Pressing) -> None:
    """Every answer to it was a refusal of the client."""
    pressing.let_go()
    assert {answer.status for answer in pressing.answers} <= {401, 429}, pressing.answers[-3:]
