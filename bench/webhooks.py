"""Webhooks, signed and durable, while a deployment runs: how many a second, and how fast each."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.databases import on_each
from bench.servers import PYTHON, Server, free_port, pin, running, running_by_contract

SECRET = "a-secret-of-the-bench"
CONNECTIONS = (8, 64)
RATE_BUDGET, P99_BUDGET = 2_000.0, 20.0  # DESIGN section 8, at 8 connections
# It says something ten times a second, which is recorded, until the bench is over.
BUILD = "while [ ! -e {stop} ]; do echo building; sleep 0.1; done"
CONFIG = """\
server: {{open: true}}
git: {{provider: github, github: {{webhook_secret: {secret}}}}}
branch_mapping:
  main: {{fraise: shop, environment: production}}
fraises:
  shop:
    type: worker
    git: {{repository: {origin}}}
    environments:
      production:
        build: [sh, -c, "{build}"]
        timeouts: {{build: 3600}}
        target: {{provider: local, command: [sleep, "3600"]}}
"""
ANSWER_BYTES = 190


@dataclass(frozen=True)
class Setting:
    """A folder with a repository and a configuration, and the database to use."""

    folder: Path
    origin: Path
    commit: str
    url: str

    @property
    def stop(self) -> Path:
        """The file whose existence ends the deployment that runs."""
        return self.folder / "stop"


def measure_all(options: argparse.Namespace) -> dict[str, list[dict[str, Any]]]:
    """Every database that can be had, and the floor; the table is printed."""
    results = on_each(lambda database: measure(database, options))
    results["floor"] = floor(options)
    print(table(results))
    return results


def measure(url: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """The figures of one database, a row for each number of connections, and the floor's."""
    rows: list[dict[str, Any]] = []
    for connections in CONNECTIONS:
        rounds = [_round(url, connections, 2 * options.seconds) for _ in range(options.rounds)]
        rows.append({"connections": connections, **_median(rounds)})
    return rows


def floor(options: argparse.Namespace) -> list[dict[str, Any]]:
    """The same load on the same server with a constant answer: no signature, no database."""
    rows: list[dict[str, Any]] = []
    with _temporary() as folder:
        for connections in CONNECTIONS:
            port = free_port()
            command = [PYTHON, "-m", "bench.floor", str(port), str(ANSWER_BYTES), "202"]
            with running(command, folder, port) as server:
                rounds = [
                    _load(server, connections, 2 * options.seconds, "none")
                    for _ in range(options.rounds)
                ]
            rows.append({"connections": connections, **_median(rounds)})
    return rows


def _round(url: str, connections: int, seconds: float) -> dict[str, float]:
    with _setting(url) as setting, _serving(setting) as server:
        _start_deployment(server, setting)
        before = _stored(setting.url)
        measured = _load(server, connections, seconds, str(setting.origin))
        stored = _stored(setting.url) - before
        if stored != measured["accepted"]:
            raise RuntimeError(f"{measured['accepted']} were accepted, {stored} are stored")
        if _running(setting.url) != 1:
            raise RuntimeError("the deployment did not run all the time")
        setting.stop.touch()
    return measured


@contextlib.contextmanager
def _serving(setting: Setting) -> Generator[Server]:
    command = [str(Path(PYTHON).with_name("fraisier")), "serve", "--contract"]
    config = setting.folder / "fraises.yaml"
    environment = {"FRAISIER_CONFIG": str(config), "FRAISIER_DATABASE_URL": setting.url}
    done = subprocess.run(
        [command[0], "db", "init"], env={**os.environ, **environment}, capture_output=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    with running_by_contract(command, setting.folder, setting.url, config, observer=True) as server:
        try:
            yield server
        finally:
            setting.stop.touch()


def _start_deployment(server: Server, setting: Setting) -> None:
    """One push of a commit that exists; from then on its build runs."""
    from bench.webhook_load import delivery_of

    status = delivery_of(server.port, SECRET, str(setting.origin), setting.commit)
    if status != 202:
        raise RuntimeError(f"the first push was answered with {status}")
    deadline = time.monotonic() + 60
    while _building(setting.url) != 1:
        if time.monotonic() > deadline:
            raise RuntimeError("no deployment started")
        time.sleep(0.05)


def _load(server: Server, connections: int, seconds: float, repository: str) -> dict[str, float]:
    used = server.cpu_seconds()
    done = subprocess.run(
        [PYTHON, "-m", "bench.webhook_load", str(server.port), str(seconds), str(connections)],
        input=f"{SECRET} {repository}".encode(),
        capture_output=True,
        cwd=Path(__file__).parents[1],
        preexec_fn=lambda: pin(1),
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode(errors="replace")[-800:])
    measured = json.loads(done.stdout)
    used = server.cpu_seconds() - used
    measured["requests_per_cpu_second"] = measured["accepted"] / used if used else 0.0
    return measured


@contextlib.contextmanager
def _setting(url: str) -> Generator[Setting]:
    with _temporary() as folder, _database(url, folder) as own:
        origin, commit = _repository(folder)
        setting = Setting(folder, origin, commit, own)
        text = CONFIG.format(secret=SECRET, origin=origin, build=BUILD.format(stop=setting.stop))
        (folder / "fraises.yaml").write_text(text, encoding="utf-8")
        yield setting


@contextlib.contextmanager
def _temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fraisier-bench-", ignore_cleanup_errors=True) as name:
        yield Path(name).resolve()


@contextlib.contextmanager
def _database(url: str, folder: Path) -> Generator[str]:
    """A new database: a file in the folder, or one on the server of the URL."""
    if url == "sqlite":
        yield f"sqlite:///{folder / 'fraisier.db'}"
        return
    import psycopg

    name = f"bench_{folder.name.replace('-', '_').lower()}"
    with psycopg.connect(url, autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield f"{url.rpartition('/')[0]}/{name}"
        finally:
            administrator.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _repository(folder: Path) -> tuple[Path, str]:
    origin = folder / "origin"
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    _git(folder, "init", "--quiet", "--initial-branch=main", "origin")
    _git(origin, *identity, "commit", "--quiet", "--allow-empty", "-m", "first")
    return origin, _git(origin, "rev-parse", "HEAD").strip()


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def _stored(url: str) -> int:
    return _count(url, "SELECT count(*) FROM tb_webhook_event")


def _running(url: str) -> int:
    return _count(url, "SELECT count(*) FROM tb_deployment WHERE status = 'in_progress'")


def _building(url: str) -> int:
    step = "SELECT count(*) FROM tb_deployment_step WHERE step = 'build' AND state = 'started'"
    return _count(url, step)


def _count(url: str, statement: str) -> int:
    connect: Callable[[], Any]
    if url.startswith("sqlite"):
        import sqlite3

        connect = lambda: sqlite3.connect(url.removeprefix("sqlite:///"))  # noqa: E731
    else:
        import psycopg

        connect = lambda: psycopg.connect(url)  # noqa: E731
    with contextlib.closing(connect()) as connection:
        return connection.execute(statement).fetchone()[0]


def _median(measured: list[dict[str, float]]) -> dict[str, Any]:
    return {key: round(statistics.median(m[key] for m in measured), 2) for key in measured[0]}


def table(results: dict[str, list[dict[str, Any]]]) -> str:
    """A line for each server and number of connections, then the budget."""
    names = ("requests_per_second", "requests_per_cpu_second", "p50_ms", "p99_ms", "load_busy")
    titles = ("accepted/s", "/CPU-second", "p50 ms", "p99 ms", "load busy")
    lines = [f"{'webhooks, durable':24}{'conn.':>6}" + "".join(f"{t:>13}" for t in titles)]
    for server, rows in results.items():
        for row in rows:
            cells = "".join(f"{row[name]:13.2f}" for name in names)
            lines.append(f"{server:24}{row['connections']:6}{cells}")
    for server, rows in results.items():
        if server != "floor":
            lines.append(_verdict(server, rows[0]))
    return "\n".join([*lines, f"load average: {' '.join(f'{a:.1f}' for a in os.getloadavg())}"])


def _verdict(server: str, row: dict[str, Any]) -> str:
    holds = row["requests_per_second"] >= RATE_BUDGET and row["p99_ms"] < P99_BUDGET
    return (
        f"  {server} at {row['connections']} connections: {row['requests_per_second']:.0f}/s of"
        f" {RATE_BUDGET:.0f}, p99 {row['p99_ms']:.1f} of {P99_BUDGET:.0f} ms"
        f"  {'holds' if holds else 'MISSED'}"
    )
