"""One fraise in many environments: the cheapest real services there are."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

from conform.world.workspace import Workspace

FRAISE = "fleet"
# It says where and what it is, and then does nothing for an hour, unless it is broken.
RUN = """#!/bin/sh
echo "$FRAISIER_ENVIRONMENT $FRAISIER_COMMIT $(basename "$(pwd -P)")" >> {marks}
[ ! -e broken ] || exit 3
exec sleep 3600
"""


class _Well(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Every service is well, as long as its process lives."""
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: standard error belongs to the report."""


class Fleet:
    """The fraise ``fleet`` in ``e00``, ``e01``, ...; a push to main asks for all of them."""

    def __init__(self, workspace: Workspace, count: int, stack: ExitStack) -> None:
        self.environments = tuple(f"e{number:02}" for number in range(count))
        self.commits: list[str] = []
        self._workspace = workspace
        self._marks = workspace.folder / "fleet-marks"
        self._marks.touch()
        self._configure(_all_well(stack))
        workspace.repository.commit_files({"run.sh": RUN.format(marks=self._marks)}, FRAISE)

    def _configure(self, url: str) -> None:
        check = {"url": url, "timeout": 20, "interval": 0.05}
        self._workspace.configure(
            FRAISE, self.environments, {}, program="run.sh", health_check=check, type="worker"
        )
        document = yaml.safe_load(self._workspace.config.read_text())
        for each in document["fraises"][FRAISE]["environments"].values():
            each["target"]["command"] = ["sh", "run.sh"]
        self._workspace.write_config(yaml.safe_dump(document, sort_keys=False))

    def commit(self, *, broken: bool = False) -> str:
        """One more version."""
        repository, number = self._workspace.repository, str(len(self.commits))
        Path(repository.copy, "broken").unlink(missing_ok=True)
        files = {"number": number} | ({"broken": ""} if broken else {})
        self.commits.append(repository.commit_files(files, number))
        return self.commits[-1]

    def started(self) -> Mapping[str, list[tuple[str, str]]]:
        """Every start in each environment, in order: commit and release folder."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for line in self._marks.read_text().splitlines():
            environment, commit, release = line.split()
            found[environment].append((commit, release))
        return found


def _all_well(stack: ExitStack) -> str:
    well = ThreadingHTTPServer(("127.0.0.1", 0), _Well)
    threading.Thread(target=well.serve_forever, daemon=True).start()
    stack.callback(well.server_close)
    stack.callback(well.shutdown)
    return f"http://127.0.0.1:{well.server_port}/"
