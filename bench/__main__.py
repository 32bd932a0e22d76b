"""
``python -m bench``: what the server does a second, beside its peers and the floor.

GraphQL first, then webhooks while a deployment runs, then subscribers.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import subscribers, webhooks
from bench.data import fill, install, write_config
from bench.report import Results, document, table, with_serial_floor
from bench.servers import (
    NODE,
    PYTHON,
    Server,
    free_port,
    has_node,
    pin,
    running,
    running_by_contract,
)
from bench.workloads import WORKLOADS, Workload

NODE_PEERS = ("mercurius", "yoga")
Measured = dict[str, dict[str, float]]
Start = Callable[[], contextlib.AbstractContextManager[Server]]


def main() -> int:
    """Exit status 0: measured; 2: a server did not start or answered wrongly."""
    options = _options()
    settings = {k: v for k, v in vars(options).items() if k != "json"}
    told: dict[str, Any] = {"settings": settings}
    try:
        if options.only in (None, "graphql"):
            told |= _graphql(options)
        if options.only in (None, "webhooks"):
            told["webhooks"] = webhooks.measure_all(options)
        if options.only in (None, "subscribers"):
            told["subscribers"] = subscribers.measure_all(options)
    except (RuntimeError, subprocess.CalledProcessError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.json:
        Path(options.json).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 0


def _graphql(options: argparse.Namespace) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="fraisier-bench-"))
    try:
        results = _measure_all(folder, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(table(results))
    return document(results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=1.5, help="of each measurement; of webhooks twice that"
    )
    parser.add_argument("--rounds", type=int, default=3, help="the median of them counts")
    parser.add_argument("--connections", type=int, default=8, help="of GraphQL")
    parser.add_argument("--deployments", type=int, default=10_000)
    parser.add_argument("--only", choices=("graphql", "webhooks", "subscribers"))
    parser.add_argument("--subscribers", type=int, default=5_000)
    parser.add_argument("--events", type=int, default=60, help="for them, one each second")
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def _measure_all(folder: Path, options: argparse.Namespace) -> Results:
    """Server after server in every round, so that a busy minute hits them all."""
    original = _prepare(folder, options.deployments)
    sizes: dict[str, int] = {}
    starts = {
        "fraisier": _ours(folder, original),
        "strawberry, caches on": _peer(folder, original, ["--caches"]),
        "strawberry, defaults": _peer(folder, original, []),
        **({kind: _node(folder, original, kind) for kind in NODE_PEERS} if has_node() else {}),
    }
    if not has_node():
        print("the peers on Node are left out: bash tools/bench_peers.sh installs them")
    rounds: dict[str, list[Measured]] = {name: [] for name in (*starts, "floor")}
    for _ in range(options.rounds):
        for name, start in starts.items():
            rounds[name].append(measured_by(start, options, WORKLOADS, sizes))
        rounds["floor"].append(_measure_floor(folder, options, sizes))
    results: Results = {
        server: {
            workload.name: _median([measured[workload.name] for measured in each])
            for workload in WORKLOADS
        }
        for server, each in rounds.items()
    }
    return with_serial_floor(results, _sql_seconds(folder, original))


def _sql_seconds(folder: Path, original: Path) -> dict[str, float]:
    done = subprocess.run(
        [PYTHON, "-m", "bench.sql", str(_copy(original, folder / "sql.db"))],
        capture_output=True,
        cwd=Path(__file__).parents[1],
        preexec_fn=lambda: pin(0),
        check=True,
    )
    return json.loads(done.stdout)


def _prepare(folder: Path, deployments: int) -> Path:
    config, database = folder / "fraises.yaml", folder / "original.db"
    write_config(config)
    environment = {
        **os.environ,
        "FRAISIER_CONFIG": str(config),
        "FRAISIER_DATABASE_URL": f"sqlite:///{database}",
    }
    install([_command()], environment)
    copy = folder / "synced.db"
    with _ours(folder, database, keep=copy)():
        pass
    fill(copy, deployments)
    return copy


def _command() -> str:
    beside = Path(PYTHON).with_name("fraisier")
    return str(beside) if beside.exists() else "fraisier"


def _copy(original: Path, target: Path) -> Path:
    for suffix in ("", "-wal", "-shm"):
        source, place = Path(f"{original}{suffix}"), Path(f"{target}{suffix}")
        place.unlink(missing_ok=True)
        if source.exists():
            shutil.copy(source, place)
    return target


def _ours(folder: Path, original: Path, keep: Path | None = None) -> Start:
    def start() -> contextlib.AbstractContextManager[Server]:
        database = _copy(original, keep or folder / "ours.db")
        command = [_command(), "serve", "--contract"]
        config = folder / "fraises.yaml"
        return running_by_contract(command, folder, f"sqlite:///{database}", config)

    return start


def _peer(folder: Path, original: Path, arguments: list[str]) -> Start:
    def start() -> contextlib.AbstractContextManager[Server]:
        database, port = _copy(original, folder / "peer.db"), free_port()
        command = [PYTHON, "-m", "bench.peer", str(database), str(port), *arguments]
        return running(command, folder, port)

    return start


def _node(folder: Path, original: Path, kind: str) -> Start:
    def start() -> contextlib.AbstractContextManager[Server]:
        database, port = _copy(original, folder / "peer.db"), free_port()
        command = ["node", str(NODE / "server.mjs"), kind, str(database), str(port)]
        return running(command, folder, port)

    return start


def _floor(folder: Path, size: int) -> Start:
    def start() -> contextlib.AbstractContextManager[Server]:
        port = free_port()
        return running([PYTHON, "-m", "bench.floor", str(port), str(size)], folder, port)

    return start


def measured_by(
    start: Start, options: argparse.Namespace, workloads: list[Workload], sizes: Any = None
) -> Measured:
    """
    One server, workload after workload; ``sizes`` gets those of the answers.

    Raises:
        RuntimeError: It did not start, or answered wrongly.
    """
    measured: Measured = {}
    sizes = {} if sizes is None else sizes
    with start() as server:
        for workload in workloads:
            sizes.setdefault(workload.name, len(_ask(server.port, workload)))
            _ask(server.port, workload)
            measured[workload.name] = _load(server, workload, options)
    return measured


def _measure_floor(folder: Path, options: argparse.Namespace, sizes: dict[str, int]) -> Measured:
    measured: Measured = {}
    for workload in WORKLOADS:
        with _floor(folder, sizes[workload.name])() as server:
            measured[workload.name] = _load(server, workload, options)
    return measured


def _ask(port: int, workload: Workload) -> bytes:
    """One request, whose answer must be right before anything is measured."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        data=workload.body(),
        headers={"Content-Type": "application/json", "Accept": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        body: bytes = response.read()
    if workload.probe.encode() not in body or b'"errors"' in body:
        raise RuntimeError(f"{workload.name} was answered wrongly: {body[:500]!r}")
    return body


def _load(server: Server, workload: Workload, options: argparse.Namespace) -> dict[str, float]:
    arguments = [str(server.port), str(options.seconds), str(options.connections)]
    used = server.cpu_seconds()
    done = subprocess.run(
        [PYTHON, "-m", "bench.load", *arguments],
        input=workload.body(),
        capture_output=True,
        cwd=Path(__file__).parents[1],
        preexec_fn=lambda: pin(1),
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{workload.name}: {done.stderr.decode(errors='replace')[-500:]}")
    measured = json.loads(done.stdout)
    used = server.cpu_seconds() - used
    measured["requests_per_cpu_second"] = measured.pop("requests") / used if used else 0.0
    return measured


def _median(measured: list[dict[str, float]]) -> dict[str, Any]:
    return {key: round(statistics.median(m[key] for m in measured), 2) for key in measured[0]}


if __name__ == "__main__":
    sys.exit(main())
