"""Servers for the tests: in this process over ASGI, and as a process of their own."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

SECRET = "a-secret-for-these-tests"
CONTROL_TOKEN = "a-token-of-the-supervisor"
CONFIG = f"""\
git:
  provider: github
  github:
    webhook_secret: {SECRET}
server: {{open: true}}
fraises:
  shop:
    type: api
    description: A shop
    git:
      repository: https://github.com/acme/shop.git
    environments:
      production:
        target: {{provider: local, command: "python3 app.py", port: 18999}}
      staging:
        target: {{provider: local, command: "python3 app.py", port: 18998}}
branch_mapping:
  main:
    - {{fraise: shop, environment: production}}
    - {{fraise: shop, environment: staging}}
"""


def signed(body: bytes, secret: str = SECRET, **changes: Any) -> dict[str, Any]:
    """The headers of a delivery; a header of None is left out."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers: dict[str, Any] = {
        "content-type": "application/json",
        "x-github-event": "push",
        "x-github-delivery": str(uuid.uuid4()),
        "x-hub-signature-256": f"sha256={digest}",
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    return {name: value for name, value in headers.items() if value is not None}


@dataclass(slots=True)
class ServerProcess:
    """A ``fraisier`` server in a process of its own."""

    process: subprocess.Popen[bytes]
    url: str
    folder: Path
    client: httpx.Client = field(repr=False)

    def deliver(self, payload: Any, **changes: Any) -> httpx.Response:
        """Post a webhook, signed unless ``changes`` say otherwise."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return self.client.post("/webhook", content=body, headers=signed(body, **changes))

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(15)

    def log(self) -> list[dict[str, Any]]:
        """What it has logged, line by line."""
        return [json.loads(line) for line in (self.folder / "log").read_text().splitlines()]


class Servers:
    """Starts servers by the start contract and stops what still runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started: list[ServerProcess] = []

    def __call__(
        self, database_url: str, *, config: str = CONFIG, observer: bool = False, log: str = "log"
    ) -> ServerProcess:
        """Start one and wait for its line."""
        (self.folder / "fraises.yaml").write_text(config)
        process = self._spawn(log)
        line = {
            "database_url": database_url,
            "config_path": str(self.folder / "fraises.yaml"),
            "control_token": CONTROL_TOKEN,
            "observer": observer,
        }
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(line).encode() + b"\n")
        process.stdin.close()
        answer = process.stdout.readline()
        if not answer:
            process.wait(10)
            process.stdout.close()
            pytest.fail(f"no line: {(self.folder / log).read_text()}")
        url = json.loads(answer)["url"]
        client = httpx.Client(base_url=url, timeout=20, trust_env=False)
        self._started.append(ServerProcess(process, url, self.folder, client))
        return self._started[-1]

    def _spawn(self, log: str) -> subprocess.Popen[bytes]:
        with (self.folder / log).open("wb") as stderr:
            return subprocess.Popen(
                [sys.executable, "-m", "fraisier", "serve", "--contract"],
                cwd=self.folder,
                env={**os.environ, "FRAISIER_CONTRACT": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )

    def end(self) -> None:
        """Leave nothing running."""
        for server in self._started:
            server.client.close()
            if server.process.poll() is None:
                server.process.kill()
            server.process.wait(10)
            if server.process.stdout is not None:
                server.process.stdout.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Servers]:
    """Servers of one test."""
    servers = Servers(tmp_path)
    yield servers
    servers.end()


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """
    One server on SQLite for the tests of a module that only ask, without an
    observer, so that what is requested stays pending.
    """
    servers = Servers(tmp_path_factory.mktemp("server"))
    yield servers(f"sqlite:///{servers.folder / 'fraisier.db'}")
    servers.end()
