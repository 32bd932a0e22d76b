"""Steps about a forge that is reached over the network and does not always answer."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_bdd import given, then, when

from conform.steps.deploy import Deploying
from conform.steps.deploy_sentences import sentence
from conform.surroundings import environment


class Forge(ThreadingHTTPServer):
    """Serves a folder with a repository; ``refusals`` of the next first looks have a status."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
        self.refusals: list[int] = []
        self.looks = 0


class _Handler(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        """A file, unless the forge refuses."""
        forge = self.server
        assert isinstance(forge, Forge)
        if self.path.partition("?")[0].endswith("/info/refs"):
            forge.looks += 1
            if forge.refusals:
                self.send_error(forge.refusals.pop(0))
                return
        super().do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def forge(deploying: Deploying) -> Iterator[Forge]:
    """A forge on a free port, for the repository of the scenario."""
    with Forge(deploying.subject.workspace.folder) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@given("the repository is at a forge")
def at_a_forge(deploying: Deploying, forge: Forge) -> None:
    """An address instead of a path; what is committed until now is there."""
    workspace = deploying.subject.workspace
    origin = workspace.repository.origin
    command = ["git", "--git-dir", str(origin), "update-server-info"]
    subprocess.run(command, check=True, env=environment(workspace.folder))
    document = yaml.safe_load(workspace.config.read_text())
    address = f"http://127.0.0.1:{forge.server_port}/{origin.name}"
    for fraise in document["fraises"].values():
        fraise["git"]["repository"] = address
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


@given(sentence("the forge answers {status:d} the next {count:d} times"))
@when(sentence("the forge answers {status:d} the next {count:d} times"))
def refuses(forge: Forge, status: int, count: int) -> None:
    """Overloaded (503), say, or not for you (403)."""
    forge.refusals = [status] * count


@then(sentence("the forge was asked {count:d} times"))
def asked(forge: Forge, count: int) -> None:
    """How many attempts to fetch began."""
    assert forge.looks == count
