"""The database goes away in the middle of a deployment, and comes back or does not."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.observer import observe
from fraisier.observer.presence import Presence
from fraisier.operations.carry_out import carry_out

from .conftest import World


class Line:
    """A line to the server of the database, that can be cut and mended."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        self._up = True
        self.refused = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where the line begins."""
        return int(self._listener.getsockname()[1])

    def cut(self) -> None:
        """Every connection breaks, and no new one comes about."""
        self._up = False
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """From now on there are connections again."""
        self._up = True

    def close(self) -> None:
        """Nothing of it is left."""
        self.cut()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if not self._up:
                    near.close()
                    self.refused.set()
                    continue
                far = socket.create_connection(self._server)
                self._ends += [near, far]
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=ends, daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def line(postgresql_url: str) -> Generator[Line]:
    """A line to the test server."""
    parts = urlsplit(postgresql_url)
    made = Line(parts.hostname or "127.0.0.1", parts.port or 5432)
    yield made
    made.close()


@pytest.fixture
def far(tmp_path: Path, postgresql_url: str, line: Line) -> Generator[World]:
    """A world whose database is at the other end of the line."""
    parts = urlsplit(postgresql_url)
    user = parts.netloc.rpartition("@")[0]  # with the password, if there is one
    url = parts._replace(netloc=f"{user}@127.0.0.1:{line.port}").geturl()
    world = World(tmp_path, url)
    try:
        yield world
    finally:
        line.mend()
        world.end()


def test_carry_out__database_restarts_while_building__nothing_is_repeated(
    far: World, line: Line
) -> None:
    """What happened meanwhile is written down when it is back."""
    commit = far.commit()
    far.request()

    def cut_at_output(event: Any) -> None:
        if event["event"] == "log" and "building with" in event["line"]:
            line.cut()
            threading.Timer(1.5, line.mend).start()

    done = far.carry_out(listen=cut_at_output)
    assert (done["outcome"], done["attempt"]) == ("success", 1)
    assert {step["state"] for step in done["steps"]} == {"succeeded"}
    assert (far.built(), far.serves()) == ([commit], commit)


def test_carry_out__database_stays_away__next_worker_finishes(far: World, line: Line) -> None:
    """The worker stops once its lease may be over; nothing was switched."""
    commit = far.commit()
    far.request()

    def cut_at_output(event: Any) -> None:
        if event["event"] == "log" and "building with" in event["line"]:
            line.cut()

    with pytest.raises(FraisierError) as caught:
        carry_out(far.app, far.db, "first", 2, listen=cut_at_output)
    assert caught.value.code == "database-unavailable"
    assert far.serves() is None
    line.mend()
    done = far.carry_out("second")
    assert (done["outcome"], done["attempt"], done["worker"]) == ("success", 2, "second")
    assert far.serves() == commit


def test_observe__database_restarts_while_idle__goes_on(far: World, line: Line) -> None:
    """An observer that waits for work outlives it, and finds the work afterwards."""
    far.commit()
    said: list[Mapping[str, Any]] = []
    stop, idle = threading.Event(), threading.Event()

    def listen(event: Mapping[str, Any]) -> None:
        said.append(event)
        if event.get("level") == "error":
            idle.set()

    arguments = (far.app, "watcher", 5, False, listen, stop)
    observer = threading.Thread(target=observe, args=arguments, daemon=True)
    observer.start()
    try:
        _eventually(lambda: far.db.read("v_worker", {"alive": True}))
        line.cut()
        assert idle.wait(20)
        line.mend()
        deployment = far.request()
        _eventually(lambda: far.deployment(deployment)["outcome"] == "success")
    finally:
        stop.set()
        observer.join(20)
    assert not observer.is_alive()


def test_presence__database_is_away_at_first__is_told_when_it_is_back(
    far: World, line: Line
) -> None:
    """Whoever asks for a deployment then learns that somebody will carry it out."""
    line.cut()
    with Presence(far.app, "late", 1):
        assert line.refused.wait(20)
        line.mend()
        _eventually(lambda: far.db.read("v_worker", {"alive": True}))


def _eventually(question: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.05)
