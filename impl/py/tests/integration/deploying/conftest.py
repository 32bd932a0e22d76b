"""A real repository of a tiny service, a real configuration, a real database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from fraisier.db import Database, refuse
from fraisier.operations.carry_out import carry_out
from fraisier.operations.deploy import Order, request_deployment, request_rollback
from fraisier.operations.follow import read_deployment
from fraisier.operations.registry import sync_registry
from fraisier.wiring import Application, application

APP = """
    import http.server, os, pathlib, sys
    behaviour = pathlib.Path("behaviour").read_text().strip()
    if behaviour == "crash":
        sys.exit("cannot start: token " + os.environ["TOKEN"])
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if behaviour == "ok" else 500)
            self.end_headers()
            self.wfile.write(os.environ["FRAISIER_COMMIT"].encode())
        def log_message(self, *arguments):
            pass
    class Server(http.server.HTTPServer):
        allow_reuse_address = True
    print("starting", os.environ["FRAISIER_VERSION"], flush=True)
    Server(("127.0.0.1", int(os.environ["PORT"])), Answer).serve_forever()
"""
BUILD = """
    #!/bin/sh
    echo "$FRAISIER_COMMIT" >> "$BUILDS"
    echo "building with $TOKEN"
    [ ! -e broken ] || { echo "the build is broken" >&2; exit 3; }
    [ ! -e slow ] || sleep 60
"""
WORKER = """
    import pathlib, sys, time
    from fraisier.operations.carry_out import carry_out
    from fraisier.wiring import application
    config, step, state, gate = sys.argv[1:]
    app = application(pathlib.Path(config), None, {}, pathlib.Path.cwd())
    db = app.open_database()
    def listen(event):
        if event.get("step") == step and event.get("state") == state:
            print("reached", flush=True)
            while not pathlib.Path(gate).exists():
                time.sleep(0.02)
        if event["event"] == "log":
            print(event["line"], flush=True)
    done = carry_out(app, db, "first", 1, listen=listen)
    print(done["outcome"], done["worker"], flush=True)
"""
TOKEN = "a-secret-of-the-service"


class World:
    """Everything that a deployment touches, and short words for it."""

    def __init__(self, folder: Path, database: str | None = None) -> None:
        self.folder = folder
        self.database = database
        self.source = folder / "source"
        self.builds = folder / "builds.txt"
        self.port = _free_port()
        self._write_source()
        self._write_config()
        self.app: Application = self._application()
        self.db: Database = self.app.open_database()
        self._children: list[subprocess.Popen[str]] = []
        refuse(sync_registry(self.db, self.app.config, "test"))

    @property
    def home(self) -> Path:
        """Folder of the local provider for shop/production."""
        return self.app.state_folder / "local" / "shop" / "production"

    def _application(self) -> Application:
        return application(self.folder / "fraises.yaml", self.database, {}, self.folder)

    def _write_source(self) -> None:
        self.source.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        (self.source / "app.py").write_text(textwrap.dedent(APP))
        build = self.source / "build.sh"
        build.write_text(textwrap.dedent(BUILD).lstrip())
        build.chmod(0o755)

    def _write_config(self) -> None:
        text = f"""
            fraises:
              shop:
                type: api
                git: {{repository: ./source}}
                health_check: {{path: /health, timeout: 2}}
                environments:
                  production:
                    target:
                      provider: local
                      command: [{sys.executable}, app.py]
                      port: {self.port}
                      env: {{TOKEN: {TOKEN}, BUILDS: {self.builds}}}
            branch_mapping:
              main: {{fraise: shop, environment: production}}
        """
        (self.folder / "fraises.yaml").write_text(textwrap.dedent(text))

    def change(self, **keys: Any) -> None:
        """Change keys of the fraise in the configuration, and bring the registry up to date."""
        document = yaml.safe_load((self.folder / "fraises.yaml").read_text())
        document["fraises"]["shop"].update(keys)
        self.change_all(**document)

    def change_all(self, **keys: Any) -> None:
        """The same for keys at the top level."""
        document = yaml.safe_load((self.folder / "fraises.yaml").read_text())
        document.update(keys)
        (self.folder / "fraises.yaml").write_text(yaml.safe_dump(document))
        self.app = self._application()
        refuse(sync_registry(self.db, self.app.config, "test"))

    def git(self, *arguments: str) -> str:
        """Run git in the source repository."""
        who = ("-c", "user.name=test", "-c", "user.email=test@example.com")
        done = subprocess.run(
            ["git", *who, *arguments], cwd=self.source, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, behaviour: str = "ok", **files: str) -> str:
        """Commit the service with this behaviour and these files; the commit's id."""
        for name, content in {"behaviour": behaviour, **files}.items():
            (self.source / name).write_text(content)
        self.git("add", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message", behaviour)
        return self.git("rev-parse", "HEAD")

    def request(self, **wishes: Any) -> str:
        """Queue a deployment of shop/production; its id."""
        return str(request_deployment(self.db, Order("shop", "production", **wishes)).entity_id)

    def request_rollback(self, to_version: str | None = None, force: bool = False) -> str:
        """Queue a rollback of shop/production; its id."""
        answer = request_rollback(
            self.db, "shop", "production", to_version, "manual", "test", force
        )
        return str(answer.entity_id)

    def carry_out(self, worker: str = "second", **more: Any) -> dict[str, Any]:
        """Claim the next deployment as soon as it can be claimed, and carry it out."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            done = carry_out(self.app, self.db, worker, 5, **more)
            if done is not None:
                return done
            time.sleep(0.05)
        raise AssertionError("nothing could be claimed")

    def deploy(self, **wishes: Any) -> dict[str, Any]:
        """Request and carry out one deployment."""
        self.request(**wishes)
        return self.carry_out()

    def deployment(self, deployment_id: str) -> dict[str, Any]:
        """What the database says of it."""
        return read_deployment(self.db, deployment_id)

    def serves(self) -> str | None:
        """The commit of the process that answers on the port."""
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/")
            return connection.getresponse().read().decode()
        except OSError:
            return None
        finally:
            connection.close()

    def built(self) -> list[str]:
        """The commits of all builds that began, in order."""
        return self.builds.read_text().split() if self.builds.exists() else []

    def start_worker(self, step: str, state: str) -> subprocess.Popen[str]:
        """A worker in a process of its own, that waits at this point for the file `gate`."""
        script = textwrap.dedent(WORKER)
        arguments = [str(self.folder / "fraises.yaml"), step, state, str(self.folder / "gate")]
        child = subprocess.Popen(
            [sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, text=True
        )
        self._children.append(child)
        assert child.stdout is not None
        for line in child.stdout:
            if line.strip() == "reached":
                return child
        raise AssertionError("the worker ended before it got there")

    def open_gate(self) -> None:
        """Let the waiting worker go on."""
        (self.folder / "gate").touch()

    def end(self) -> None:
        """Stop every process that began here."""
        for child in self._children:
            child.send_signal(signal.SIGKILL)
            child.wait()
            assert child.stdout is not None
            child.stdout.close()
        for entry in Path("/proc").glob("[0-9]*"):
            if self._is_supervisor(entry):
                self._end_process(int(entry.name))
        self.db.close()

    def _is_supervisor(self, entry: Path) -> bool:
        try:
            words = (entry / "cmdline").read_bytes()
        except OSError:
            return False
        return b"effects.supervisor" in words and str(self.folder).encode() in words

    def _end_process(self, pid: int) -> None:
        try:
            os.kill(pid, signal.SIGTERM)
            for _ in range(1_000):
                os.kill(pid, 0)
                time.sleep(0.01)
        except ProcessLookupError:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def world(tmp_path: Path) -> Generator[World]:
    """A world of its own for each test; nothing of it is left running."""
    made = World(tmp_path)
    try:
        yield made
    finally:
        made.end()


@pytest.fixture
def steps_of() -> Callable[[Mapping[str, Any]], dict[str, str]]:
    """The steps of a deployment's last attempt with their states."""

    def steps(deployment: Mapping[str, Any]) -> dict[str, str]:
        last = deployment["attempt"]
        return {s["step"]: s["state"] for s in deployment["steps"] if s["attempt"] == last}

    return steps
