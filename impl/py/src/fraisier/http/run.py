"""Listen on a port, say so once, serve until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from fraisier.domain.errors import FraisierError
from fraisier.effects.memory import give_large_blocks_back
from fraisier.http.app import HttpApp
from fraisier.http.direct import DirectProtocol
from fraisier.http.places import open_more_files

STOP_SECONDS = 5
KEEP_ALIVE_SECONDS = 30
BACKLOG = 512


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """
    What the command line says about a server. Port 0 picks a free one. With
    ``contract``, configuration and database come from standard input instead
    (``spec/start-contract.md``), and with them a token that opens the status pages.
    """

    config_path: Path | None = None
    database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    observer: bool = True
    contract: bool = False
    control_token: str | None = field(default=None, repr=False)
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Hooks:
    """
    What a server does beside serving. ``ready`` gets the URL once connections are
    accepted; ``reload`` answers SIGHUP; ``beside`` runs next to the server and is
    given the event that says when to stop; ``finish`` runs last.
    """

    ready: Callable[[str], None]
    reload: Callable[[], None] | None = None
    beside: Callable[[asyncio.Event], Awaitable[None]] | None = None
    finish: Callable[[], Awaitable[None]] | None = None


def listen_for_each(host: str, port: int, workers: int) -> list[socket.socket]:
    """
    A listening socket for each worker, at one address: the system shares connections out.

    Raises:
        FraisierError: As ``listen`` does.
    """
    first = listen(host, port, shared=workers > 1)
    port = int(first.getsockname()[1])
    return [first, *(listen(host, port, shared=True) for _ in range(workers - 1))]


def listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """
    A listening socket; others may listen at its address when it is ``shared``.

    Raises:
        FraisierError: ``usage``: the address is taken, not ours or no address.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=shared)
    except (OSError, OverflowError) as error:
        raise FraisierError(
            f"cannot listen on {host}:{port}: {error}",
            code="usage",
            hint="--port 0 picks a free port",
        ) from error


def url_of(listener: socket.socket) -> str:
    """The address of a socket as a URL."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(app: HttpApp, listener: socket.socket, hooks: Hooks) -> None:
    """Serve until SIGTERM or SIGINT; requests that have begun are finished first."""
    give_large_blocks_back()
    open_more_files()
    config = uvicorn.Config(
        app,
        http=DirectProtocol,
        ws="none",  # http/protocol.py opens them
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # whose word counts is ours to say: http/source.py
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        backlog=BACKLOG,
    )
    server = _Server(config, lambda: hooks.ready(url_of(listener)))
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_serve(server, app, listener, hooks))


class _Server(uvicorn.Server):
    """Tells when it accepts connections, and leaves signals to ``_serve``."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Nothing: a signal asks this server to stop, it does not end the process."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections, then say so."""
        await super().startup(sockets)
        self._ready()


async def _serve(server: _Server, app: HttpApp, listener: socket.socket, hooks: Hooks) -> None:
    stopping = asyncio.Event()

    def stop() -> None:
        stopping.set()
        server.should_exit = True
        app.streams.stop()

    _on_signals(stop, hooks.reload)
    beside = asyncio.ensure_future(_beside(app, hooks, stopping))
    try:
        await server.serve(sockets=[listener])
    finally:
        stop()
        await beside
        if app.on_stop is not None:
            await app.on_stop()
        if hooks.finish is not None:
            await hooks.finish()


async def _beside(app: HttpApp, hooks: Hooks, stopping: asyncio.Event) -> None:
    work = [each(stopping) for each in (hooks.beside, app.beside) if each is not None]
    await asyncio.gather(*work)


def _on_signals(stop: Callable[[], None], reload: Callable[[], Any] | None) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    # Without a handler SIGHUP would end the process.
    loop.add_signal_handler(signal.SIGHUP, reload or (lambda: None))
