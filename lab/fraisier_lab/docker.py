"""
A real Docker engine for tests: private, started within a second, gone afterwards.

    python -m fraisier_lab.docker run [--or-skip] -- COMMAND [ARGUMENT...]

It lives in a network of its own, so that nothing of this machine's is touched and nothing
can be fetched. The command runs in that network, with ``FRAISIER_LAB_DOCKER`` naming a
JSON file:

    docker_host  the address of the engine
    tcp_host     another one: what a machine elsewhere would use, without a certificate, for
                 nobody else is in this network
    plugin       the Compose plugin, a file
    image        an image to build on: busybox, nothing else
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

from fraisier_lab.docker_tools import compose_plugin, have_tools
from fraisier_lab.lifetime import die_with_parent
from fraisier_lab.private_network import (
    CannotStartError,
    end_by_signals,
    run_command_line,
    run_inside,
    say,
)

VARIABLE = "FRAISIER_LAB_DOCKER"
PREFIX = "frdock"
TCP_HOST = "tcp://127.0.0.1:2375"
IMAGE = "fraisier-lab/busybox:1"
DOCKERFILE = """FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
"""
START_SECONDS = 30.0
STOP_SECONDS = 20.0


def run_beside_docker(command: list[str], checkout: Path) -> int:
    """
    Run the command beside an engine and return its exit status.

    Raises:
        CannotStartError: There can be no engine here.
    """
    end_by_signals()
    began = time.monotonic()
    have_tools()
    plugin = compose_plugin(checkout)
    _sweep()
    with _engine() as (network, folder):
        description = _describe(folder, plugin)
        say(f"docker: the engine runs after {time.monotonic() - began:.1f} s")
        return run_inside(network, command, VARIABLE, description, "docker")


@contextlib.contextmanager
def _engine() -> Generator[tuple[str, Path]]:
    network = f"{PREFIX}{os.getpid()}"
    folder = Path(tempfile.mkdtemp(prefix=f"{network}-"))
    engine: subprocess.Popen[bytes] | None = None
    try:
        _do("ip", "netns", "add", network)
        _do("ip", "-n", network, "link", "set", "lo", "up")
        engine = _start(network, folder)
        _wait(engine, folder)
        yield network, folder
    except OSError as reason:
        raise CannotStartError(f"a Docker engine cannot be started: {reason}") from reason
    finally:
        if engine is not None:
            _stop(engine, folder)
        _take_down(network, folder)


def _start(network: str, folder: Path) -> subprocess.Popen[bytes]:
    places = [f"--{name}={folder / name}" for name in ("data-root", "exec-root", "pidfile")]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{network}", "--", "dockerd",
             f"--host={_host(folder)}", f"--host={TCP_HOST}", *places],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )  # fmt: skip


def _host(folder: Path) -> str:
    return f"unix://{folder / 'docker.sock'}"


def _wait(engine: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and engine.poll() is None:
        if _docker(folder, "version").returncode == 0:
            return
        time.sleep(0.05)
    said = (folder / "log").read_text(errors="replace").splitlines()[-1:]
    raise CannotStartError(f"a Docker engine cannot be started: {' '.join(said)[-300:]}")


def _describe(folder: Path, plugin: Path) -> Path:
    context = folder / "busybox"
    context.mkdir()
    shutil.copy(str(shutil.which("busybox")), context / "busybox")
    (context / "Dockerfile").write_text(DOCKERFILE)
    built = _docker(folder, "build", "--quiet", "--tag", IMAGE, str(context))
    if built.returncode:
        raise CannotStartError(f"no image can be built: {' '.join(built.stderr.split())[-300:]}")
    description = folder / "lab.json"
    hosts = {"docker_host": _host(folder), "tcp_host": TCP_HOST}
    document = {**hosts, "plugin": str(plugin), "image": IMAGE}
    description.write_text(json.dumps(document, indent=1))
    return description


def _docker(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["docker", f"--host={_host(folder)}", *arguments],
        # The builder that needs no plugin of its own.
        env={**os.environ, "DOCKER_BUILDKIT": "0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _stop(engine: subprocess.Popen[bytes], folder: Path) -> None:
    """Containers first, at once; then the engine, which takes its own helpers along."""
    found = _docker(folder, "ps", "--all", "--quiet").stdout.split()
    if found:
        _docker(folder, "rm", "--force", *found)
    engine.terminate()
    try:
        engine.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        engine.kill()
        engine.wait()


def _take_down(network: str, folder: Path) -> None:
    """What is left in the network ends, and the network and the files go."""
    pids = subprocess.run(
        ["ip", "netns", "pids", network], capture_output=True, text=True, check=False
    ).stdout.split()
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    subprocess.run(["ip", "netns", "del", network], capture_output=True, check=False)
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for mount in sorted((m for m in mounts if m.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", "--lazy", mount], capture_output=True, check=False)
    shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Take away what a lab left behind that was killed without a chance to clean up."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        network = folder.name.partition("-")[0]
        owner = network.removeprefix(PREFIX)
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            _take_down(network, folder)


def _do(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")


def main(arguments: list[str]) -> int:
    """The exit status for a command line (``private_network.run_command_line``)."""
    checkout = Path(__file__).resolve().parents[2]
    return run_command_line("docker", arguments, lambda words: run_beside_docker(words, checkout))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
