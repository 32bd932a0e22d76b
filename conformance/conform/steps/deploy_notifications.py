"""Steps about notifications: a receiver that keeps what it is sent."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import yaml
from pytest_bdd import given, then, when

from conform.steps.deploy import Deploying
from conform.steps.deploy_sentences import sentence
from conform.world.waiting import eventually

SIGNING_SECRET = "the-secret-that-signs-notifications"
SECRET_PATH = "/hooks/s3cr3t-path-of-the-receiver"


@dataclass(frozen=True, slots=True)
class Received:
    """One request of a notification."""

    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The body, read."""
        return json.loads(self.body)


class Receiver(ThreadingHTTPServer):
    """Keeps every request; ``statuses`` of the next answers, then 204."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[Received] = []
        self.statuses: list[int] = []

    def events(self) -> list[str]:
        """What was told, in order."""
        return [each.document["event"] for each in list(self.received)]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Keep it and answer."""
        receiver = self.server
        assert isinstance(receiver, Receiver)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver.received.append(Received(headers, body))
        self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on a free port."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def add_channel(deploying: Deploying, receiver: Receiver, kind: str, **keys: Any) -> None:
    """Name the receiver in the configuration."""
    workspace = deploying.subject.workspace
    document = yaml.safe_load(workspace.config.read_text())
    url = f"http://127.0.0.1:{receiver.server_port}{SECRET_PATH}"
    secret = {"secret": SIGNING_SECRET} if kind == "webhook" else {}
    channels = document.setdefault("notifications", {})
    channels[f"channel-{len(channels)}"] = {"type": kind, "url": url, **secret, **keys}
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


@given(sentence('a receiver of "{kind}" notifications'))
def a_receiver(deploying: Deploying, receiver: Receiver, kind: str) -> None:
    """It is told what a channel is told that names nothing."""
    add_channel(deploying, receiver, kind)


@given(sentence('a receiver of "{kind}" notifications about "{event}" of "{environment}"'))
def a_choosy_receiver(
    deploying: Deploying, receiver: Receiver, kind: str, event: str, environment: str
) -> None:
    """It wants one event of one environment."""
    add_channel(deploying, receiver, kind, events=[event], environments=[environment])


@given(sentence("the receiver answers {status:d} at first"))
def answers_first(receiver: Receiver, status: int) -> None:
    """Once, then it is well again."""
    receiver.statuses = [status]


@when("the time of the next attempt comes")
def attempt_comes(deploying: Deploying) -> None:
    """As if the pause had passed, which is some seconds and more every time."""
    scratch = deploying.subject.scratch

    def postponed() -> bool:
        return bool(scratch.rows("SELECT 1 AS one FROM tb_notification WHERE attempts > 0"))

    eventually(postponed, "the first attempt to have failed")
    past = "2020-01-01T00:00:00.000Z"
    scratch.execute(f"UPDATE tb_notification SET next_attempt_at = '{past}'")


@then(sentence('the receiver is told "{events}"'))
def told_events(receiver: Receiver, events: str) -> None:
    """Exactly these, in this order."""
    wanted = events.split(", ")
    eventually(lambda: len(receiver.received) >= len(wanted), f"{wanted}")
    assert receiver.events() == wanted


@then(sentence('the receiver is told "{events}" in any order'))
def told_events_somehow(receiver: Receiver, events: str) -> None:
    """Exactly these."""
    wanted = sorted(events.split(", "))
    eventually(lambda: len(receiver.received) >= len(wanted), f"{wanted}")
    assert sorted(receiver.events()) == wanted


@then("what it got is signed")
def signed(receiver: Receiver) -> None:
    """With its secret, over exactly the bytes of the body."""
    assert receiver.received
    for each in receiver.received:
        digest = hmac.new(SIGNING_SECRET.encode(), each.body, hashlib.sha256).hexdigest()
        assert each.headers["x-fraisier-signature-256"] == f"sha256={digest}"
        assert each.headers["x-fraisier-event"] == each.document["event"]
        assert each.headers["content-type"] == "application/json"


@then(sentence("its {count:d} deliveries have {ids:d} ids"))
def delivery_ids(receiver: Receiver, count: int, ids: int) -> None:
    """A repetition has the id of what it repeats."""
    found = [each.headers["x-fraisier-delivery"] for each in receiver.received]
    assert (len(found), len(set(found))) == (count, ids), found
    assert found == [each.document["delivery"] for each in receiver.received]


@then(sentence('the last thing it was told has "{key}" "{text}"'))
def last_told(receiver: Receiver, key: str, text: str) -> None:
    """A fact of the deployment."""
    facts = receiver.received[-1].document["deployment"]
    assert text in str(facts[key]), facts


@then("the receiver has these texts:")
def texts(receiver: Receiver, datatable: Sequence[Sequence[str]]) -> None:
    """The start of each text of a chat, in any order of the chats."""
    eventually(lambda: len(receiver.received) >= len(datatable), "all of them")
    documents = [each.document for each in receiver.received]
    found = [document.get("text") or document.get("content") for document in documents]
    for (start,) in datatable:
        assert any(str(text).startswith(start) for text in found), found
    mentions = [document["allowed_mentions"] for document in documents if "content" in document]
    assert all(each == {"parse": []} for each in mentions)


@then("no address and no secret of the receiver is in the output or the database")
def nothing_leaks(deploying: Deploying) -> None:
    """Neither whole nor in part."""
    result = deploying.subject.cli("config", "show", "--json")
    assert deploying.result is not None
    shown = result.stdout + result.stderr + deploying.result.stdout + deploying.result.stderr
    scratch = deploying.subject.scratch
    for table in ("tb_notification", "tb_notification_channel", "tb_event", "tb_command"):
        shown += str(scratch.rows(f"SELECT * FROM {table}"))
    for secret in (SECRET_PATH, SIGNING_SECRET):
        assert secret not in shown, "a secret is shown"
