"""Where WebSockets are opened and who speaks there; how they are spoken is http/websocket.py's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fraisier.http.messages import Request

if TYPE_CHECKING:
    from fraisier.http.websocket import Socket


class Session(Protocol):
    """Who speaks over a socket."""

    def received(self, text: str) -> None:
        """A message of the client; must not wait."""
        ...

    def closed(self) -> None:
        """The socket is gone, whoever closed it. Called once."""
        ...


@dataclass(frozen=True, slots=True)
class SocketRoute:
    """
    What a path says about sockets: their subprotocols and who speaks there.

    ``admit`` sees the handshake and refuses by an error. A client that offers none of the
    subprotocols gets a session, too, and ``Socket.subprotocol`` is None.
    """

    subprotocols: tuple[str, ...]
    admit: Callable[[Request], None]
    session: Callable[[Request, Socket], Session]
