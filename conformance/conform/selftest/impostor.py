"""
An implementation that is wrong as a whole: the reference, with one thing spoilt.

    impostor.py BEHAVIOUR REFERENCE ARGUMENT...

``serve`` among the arguments: a server, else a command. What a behaviour does not spoil is
the reference's own answer, passed on byte by byte. Standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

CONSTANT = b'{"data": {"fraises": []}, "status": "ok", "success": true, "code": "ok"}'
LATE_SECONDS = 60.0  # longer than anybody waits
PIECE_BYTES = 7
BYTES_MAX = 65_536
CRASHED = 7

Answer = Callable[[bytes], bytes]
Whole: dict[
    str, Answer
] = {  # what is answered whatever was asked; the argument is the body of the request
    "constant": lambda _: framed(CONSTANT),
    "null": lambda _: framed(b"null"),
    "echo": lambda body: framed(body),
    "always-error": lambda _: framed(b'{"error": "no"}', "500 Internal Server Error"),
}


def framed(body: bytes, status: str = "200 OK", more: int = 0) -> bytes:
    """A response; ``more`` bytes are announced and never come."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body) + more}\r\nConnection: close\r\n\r\n".encode() + body


def command(behaviour: str, argv: list[str]) -> int:
    """Answer a command line."""
    if "--version" in argv or behaviour not in (*Whole, "exit-status"):
        os.execvp(argv[0], argv)
    if behaviour == "exit-status":
        return 0 if subprocess.run(argv, check=False).returncode else 1
    said = {"constant": CONSTANT.decode(), "null": "null", "echo": " ".join(argv[1:])}
    print(said.get(behaviour, "error[internal] no"))
    return behaviour == "always-error"


def serve(behaviour: str, argv: list[str]) -> None:
    """Be a server by the start contract, as far as the behaviour lets it."""
    if behaviour == "crashing-start":
        sys.exit(CRASHED)
    if behaviour == "late-start":
        time.sleep(LATE_SECONDS)
    listener = socket.create_server(("127.0.0.1", 0))
    behind = None if behaviour in Whole else Behind(argv)

    def leave(*_: object) -> None:
        os._exit(behind.stop() if behind else 0)

    signal.signal(signal.SIGTERM, leave)
    say(behaviour, json.dumps({"url": f"http://127.0.0.1:{listener.getsockname()[1]}"}))
    while True:
        client, _ = listener.accept()
        arguments = (behaviour, client, behind)
        threading.Thread(target=attend, args=arguments, daemon=True).start()


def say(behaviour: str, line: str) -> None:
    """The start line. That it comes in two pieces is legal, a line before it is not."""
    if behaviour == "chatty-start":
        print("listening", flush=True)
    middle = len(line) // 2 if behaviour == "split-start" else 0
    print(line[:middle], end="", flush=True)
    time.sleep(0.2 if middle else 0)
    print(line[middle:], flush=True)


class Behind:
    """The reference's server, on a port of its own."""

    def __init__(self, argv: list[str]) -> None:
        self._process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line: dict[str, str] = json.loads(self._process.stdout.readline())
        parts = urlsplit(line["url"])
        self._address = (parts.hostname or "", parts.port or 0)

    def connect(self) -> socket.socket:
        """One more connection."""
        return socket.create_connection(self._address)

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self._process.terminate()
        return self._process.wait()


def attend(behaviour: str, client: socket.socket, behind: Behind | None) -> None:
    """Serve one connection to its end."""
    with client, contextlib.suppress(OSError):
        if behind is None:
            client.sendall(Whole[behaviour](body_of(client)))
            return
        with behind.connect() as server:
            back = threading.Thread(target=answers, args=(behaviour, server, client), daemon=True)
            back.start()
            for data in received(client):
                if behaviour == "crashing" and data.startswith(b"POST"):
                    behind.stop()
                    os._exit(CRASHED)
                server.sendall(data)
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_WR)
            back.join()


def answers(behaviour: str, server: socket.socket, client: socket.socket) -> None:
    """Pass on what the reference answers: late, in pieces, with a wrong length, or as it is."""
    with contextlib.suppress(OSError):
        for data in received(server):
            if behaviour == "late-answers":
                time.sleep(LATE_SECONDS)
            if behaviour == "wrong-framing":
                client.sendall(framed(CONSTANT, more=10))
                break
            size = PIECE_BYTES if behaviour == "split-answers" else BYTES_MAX
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for start in range(0, len(data), size):
                client.sendall(data[start : start + size])
        client.shutdown(socket.SHUT_RDWR)


def received(connection: socket.socket) -> Iterator[bytes]:
    """What comes, until its end."""
    while data := connection.recv(BYTES_MAX):
        yield data


def body_of(client: socket.socket) -> bytes:
    """The body of one request, as far as its length was announced."""
    with client.makefile("rb") as lines:
        size = 0
        while (line := lines.readline()).strip():
            name, _, value = line.partition(b":")
            size = int(value) if name.lower() == b"content-length" else size
        return lines.read(size)


def main() -> None:
    """Be the impostor that the command line names."""
    behaviour, *argv = sys.argv[1:]
    if "serve" in argv:
        serve(behaviour, argv)
    sys.exit(command(behaviour, argv))


if __name__ == "__main__":
    main()
