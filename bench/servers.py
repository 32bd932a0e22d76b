"""Server processes: started, waited for, ended."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

PYTHON = sys.executable
START_SECONDS = 20.0
NODE = Path(__file__).parent / "node"


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """The processor time that it has used so far; 0 where the system does not say."""
        try:
            text = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8")
        except OSError:
            return 0.0
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def has_node() -> bool:
    """Whether the peers on Node are installed: tools/bench_peers.sh."""
    return (NODE / "node_modules" / ".installed-by").exists()


def pin(core: int) -> None:
    """Run this process on one core, where there are two."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[core % len(cores)]})


def _pin_server() -> None:
    pin(0)


def free_port() -> int:
    """A port that was free just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], folder: Path, port: int) -> Generator[Server]:
    """A server that is told its port; it is ended at the end."""
    with _process(command, folder) as process:
        _wait(process, port, folder)
        yield Server(port, process.pid)


@contextlib.contextmanager
def running_by_contract(
    command: list[str], folder: Path, database_url: str, config: Path, *, observer: bool = False
) -> Generator[Server]:
    """
    A server that is started by ``spec/start-contract.md``. With its observer it has every
    core, as two processes and what they start would have.
    """
    contract = {
        "database_url": database_url,
        "config_path": str(config),
        "control_token": "bench",
        "observer": observer,
    }
    with _process(command, folder, not observer, FRAISIER_CONTRACT="1") as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(contract) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            log = (folder / "server.log").read_text(encoding="utf-8")
            raise RuntimeError(f"{command} did not start\n{log[-2000:]}")
        url = json.loads(line)["url"]
        yield Server(int(url.rsplit(":", 1)[1].rstrip("/")), process.pid)


@contextlib.contextmanager
def _process(
    command: list[str], folder: Path, pinned: bool = True, **environment: str
) -> Generator[subprocess.Popen[str]]:
    with (folder / "server.log").open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **environment},
            preexec_fn=_pin_server if pinned else None,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[str], port: int, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    log = (folder / "server.log").read_text(encoding="utf-8")
    raise RuntimeError(f"the server did not start: {process.args}\n{log[-2000:]}")
