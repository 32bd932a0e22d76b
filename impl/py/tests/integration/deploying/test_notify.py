"""Notifications: delivered from the outbox to a real receiver, signed, and tried again."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from fraisier.config import NotificationSettings
from fraisier.operations.announcements import announcement
from fraisier.operations.notify import Messenger, deliver_one

from .conftest import World

SECRET = "a-secret-that-signs"


class Receiver(HTTPServer):
    """Keeps what it is sent; answers ``statuses`` one after another, then 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []

    @property
    def url(self) -> str:
        """Its address, which is a secret of its own."""
        return f"http://127.0.0.1:{self.server_port}/hook/s3cr3t-path"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver = self.server
        assert isinstance(receiver, Receiver)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver.received.append((headers, body))
        self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def receiver() -> Generator[Receiver]:
    """A receiver on a free port."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def listening(world: World, receiver: Receiver) -> None:
    """Configure a signed webhook."""
    channel = {"type": "webhook", "url": receiver.url, "secret": SECRET}
    world.change_all(notifications={"ops": channel})


def test_notify__deployment_succeeds__both_arrive_signed(world: World, receiver: Receiver) -> None:
    """Started and succeeded, once each, with a signature over exactly the body."""
    listening(world, receiver)
    world.commit()
    with Messenger(lambda: world.app, "test"):
        done = world.deploy()
    assert [json.loads(body)["event"] for _, body in receiver.received] == ["started", "succeeded"]
    headers, body = receiver.received[-1]
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["x-fraisier-signature-256"] == f"sha256={digest}"
    assert headers["x-fraisier-delivery"] == json.loads(body)["delivery"]
    told = json.loads(body)["deployment"]
    assert (told["id"], told["outcome"]) == (done["id"], "success")


def test_notify__receiver_fails__is_tried_again_later(world: World, receiver: Receiver) -> None:
    """The failure is kept without the address, and nothing is sent before its time."""
    listening(world, receiver)
    receiver.statuses = [500]
    world.commit()
    world.deploy()
    assert deliver_one(world.app, world.db, "test")
    assert deliver_one(world.app, world.db, "test")
    assert not deliver_one(world.app, world.db, "test")
    first, second = sorted(world.db.read("v_notification"), key=lambda row: row["event_number"])
    assert (first["state"], first["attempts"]) == ("pending", 1)
    assert first["error"] == "the receiver answered 500"
    assert second["state"] == "delivered"


def test_notify__nobody_listens__deployment_is_a_success(world: World, receiver: Receiver) -> None:
    """No deployment waits for a receiver, and the reason names no secret."""
    listening(world, receiver)
    receiver.server_close()
    world.commit()
    with Messenger(lambda: world.app, "test"):
        assert world.deploy()["outcome"] == "success"
    errors = {row["error"] for row in world.db.read("v_notification")}
    assert "s3cr3t-path" not in str(errors)


@pytest.mark.parametrize(("kind", "key"), [("slack", "text"), ("discord", "content")])
def test_announcement__chat__is_short_and_mentions_nobody(kind: str, key: str) -> None:
    """What an error says neither calls everybody nor exceeds what the chat takes."""
    deployment = {
        "kind": "deploy",
        "fraise": "shop",
        "environment": "production",
        "old_version": "1.0",
        "new_version": "1.1",
        "error_message": "<!channel> & " + "x" * 9_000,
    }
    told = {"kind": "rolled_back", "deployment": deployment}
    made = announcement(NotificationSettings("ops", kind, "http://localhost/"), told)
    text = json.loads(made.body)[key]
    start = "Deployment of shop to production failed and was rolled back (1.0 → 1.1"
    assert text.startswith(start)
    assert "<!channel>" not in text or json.loads(made.body)["allowed_mentions"] == {"parse": []}
    assert len(text) < 4_000
