"""The server of an implementation, and how the suite speaks to it."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx

from conform.recorder import Recorder
from conform.verdicts import ImplementationError
from conform.world import asking, wire
from conform.world.processes import Running

REQUEST_SECONDS = 20.0
GRAPHQL = "/graphql"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> Any:
        """The body as JSON. Raises ImplementationError when it is none."""
        try:
            return json.loads(self.text)
        except ValueError as reason:
            raise ImplementationError(f"the body is not JSON: {self.text[:500]!r}") from reason


class Server:
    """Requests to a URL, each recorded; ``running`` is its process, unless it is foreign."""

    def __init__(self, url: str, recorder: Recorder, running: Running | None, secret: str) -> None:
        self.url = url.rstrip("/")
        self.secret = secret
        self._recorder = recorder
        self._running = running

    @property
    def running(self) -> Running:
        """The process behind the URL."""
        assert self._running is not None, "a server that is only a URL has no process here"
        return self._running

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self.running.pid

    def kill(self) -> None:
        """SIGKILL, as a crash."""
        self.running.kill()

    def stop(self) -> int:
        """SIGTERM and wait; the exit status."""
        return self.running.stop()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET a path."""
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: Any = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """POST bytes or text as they are, anything else as JSON."""
        if isinstance(body, bytes | str):
            return self.send("POST", path, body, headers)
        content_type = {"Content-Type": "application/json"}
        return self.send("POST", path, json.dumps(body), content_type | dict(headers or {}))

    def graphql(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        operation: str | None = None,
    ) -> dict[str, Any]:
        """POST a query to /graphql; the decoded response, errors included."""
        body: dict[str, Any] = {"query": query, "variables": variables or {}}
        if operation:
            body["operationName"] = operation
        answer = self.post("/graphql", body)
        decoded: Any = answer.json()
        if not isinstance(decoded, dict) or not ("data" in decoded or "errors" in decoded):
            raise ImplementationError(f"not a GraphQL response: {answer.text[:500]}")
        return cast("dict[str, Any]", decoded)

    def post_webhook(
        self,
        payload: Any,
        *,
        event: str = "push",
        secret: str | None = None,
        delivery: str | None = None,
        headers: Mapping[str, str | None] | None = None,
        path: str = "/webhook",
    ) -> Answer:
        """
        Send what GitHub sends: ``payload`` (bytes as they are, else JSON), signed
        with ``secret`` (default: the configured one). ``headers`` replace or, with
        None, leave out.
        """
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        given: dict[str, str | None] = {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/0000000",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": delivery or str(uuid.uuid4()),
            "X-Hub-Signature-256": signature(body, secret or self.secret),
            **(headers or {}),
        }
        sent = {name: value for name, value in given.items() if value is not None}
        return self.send("POST", path, body, sent)

    def send(
        self,
        method: str,
        path: str,
        body: bytes | str = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """
        Send one request.

        Raises:
            ImplementationError: No response came back.
        """
        url, shown = self.url + path, _text(body)
        try:
            answer = asking.request(
                method, url, content=body, headers=headers, timeout=REQUEST_SECONDS
            )
        except httpx.HTTPError as reason:
            self._recorder.request(method, url, shown, None, repr(reason))
            raise ImplementationError(f"{method} {url}: {reason!r}") from reason
        self._recorder.request(method, url, shown, answer.status_code, answer.text)
        got = Answer(answer.status_code, answer.headers, answer.text)
        if path.startswith(GRAPHQL):
            self._recorder.violations += _violations(method, path, shown, got)
        return got

    def send_bytes(self, data: bytes) -> Answer:
        """
        Send bytes as they are, on a connection of their own.

        Raises:
            ImplementationError: No response came back.
        """
        shown = _text(data)
        try:
            got = wire.exchange(self.url, data)
        except (OSError, http.client.HTTPException) as reason:
            self._recorder.request("BYTES", self.url, shown, None, repr(reason))
            raise ImplementationError(f"{shown[:200]!r}: {reason!r}") from reason
        self._recorder.request("BYTES", self.url, shown, got.status, got.text)
        return Answer(got.status, got.headers, got.text)


def signature(body: bytes, secret: str) -> str:
    """GitHub's signature of a body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _violations(method: str, target: str, body: str, answer: Answer) -> list[str]:
    """What is wrong with an answer of GraphQL, by the schema alone."""
    from conform.oracle import Exchange, judge

    content_type = answer.headers.get("content-type", "")
    exchange = Exchange(method, target, body, answer.status, answer.text, content_type)
    return [f"{problem} (asked: {body[:300]})" for problem in judge().problems(exchange)]


def _text(body: bytes | str) -> str:
    return body if isinstance(body, str) else body.decode(errors="replace")
