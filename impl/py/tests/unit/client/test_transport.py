"""What a server answers, and what that means."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator

import pytest
from fraisier.client.transport import Transport
from fraisier.domain.errors import FraisierError


class Server:
    """Answers every connection with the same bytes; nothing at all when there are none."""

    def __init__(self) -> None:
        self.answer = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def says(self, document: object) -> None:
        """Answer with JSON."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    def _serve(self) -> None:
        while True:
            try:
                connection = self._listener.accept()[0]
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                connection.sendall(self.answer)

    def close(self) -> None:
        """Stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that says what it is told to say."""
    made = Server()
    yield made
    made.close()


def refusal(server: Server) -> FraisierError:
    """The error that its answer is."""
    with pytest.raises(FraisierError) as caught:
        Transport(server.url, "secret").ask("{ __typename }", {})
    return caught.value


def test_ask__data__is_given(server: Server) -> None:
    """The data of an answer, and nothing around it."""
    server.says({"data": {"a": 1}})
    assert Transport(server.url + "/", None).ask("{ a }", {"n": None}) == {"a": 1}


def test_ask__refusals__have_the_servers_code(server: Server) -> None:
    """An error of GraphQL and one of HTTP are told with their code and hint."""
    server.says({"errors": [{"message": "no", "extensions": {"code": "forbidden", "hint": "h"}}]})
    assert (refusal(server).code, refusal(server).hint) == ("forbidden", "h")
    server.says({"error": {"code": "unauthorized", "message": "a token is needed"}})
    assert refusal(server).code == "unauthorized"


@pytest.mark.parametrize(
    "said", [b"<html>", [], {}, {"errors": []}, {"data": None}, {"error": {"code": "new-code"}}]
)
def test_ask__something_else__is_told(server: Server, said: object) -> None:
    """What is no answer of Fraisier is no success."""
    server.says(said)
    assert refusal(server).code == "unexpected-answer"


def test_ask__connection_ends__may_have_been_done(server: Server) -> None:
    """After the request was sent nobody knows; the error says so and is not definite."""
    error = refusal(server)
    assert error.code == "no-answer"
    assert not error.facts.definite


@pytest.mark.parametrize("url", ["", "localhost:8000", "ftp://x", "http://", "http://x:y"])
def test_ask__no_url__is_wrong_use(url: str) -> None:
    """An address that is none is told before anything is asked."""
    with pytest.raises(FraisierError) as caught:
        Transport(url, None).ask("{ a }", {})
    assert caught.value.code == "usage"
