"""``python -m bench.postgresql URL``: queries beside Strawberry with the same driver."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import psycopg

from bench.__main__ import Start, measured_by
from bench.data import install, write_config
from bench.history import grow_postgresql
from bench.servers import PYTHON, free_port, running, running_by_contract
from bench.workloads import QUERIES, Workload

RATE = "requests_per_cpu_second"
WORKLOADS = [*QUERIES, *(query.anew() for query in QUERIES)]


def main() -> int:
    """Print requests for each second of the server's processor time."""
    parser = argparse.ArgumentParser(prog="bench.postgresql", description=__doc__)
    parser.add_argument("url", help="of a server where a database can be made")
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--deployments", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fraisier-bench-") as name:
        folder = Path(name)
        with _database(options.url, folder, options.deployments) as url:
            starts = _starts(folder, url)
            found = {who: measured_by(start, options, WORKLOADS) for who, start in starts.items()}
    print(_table(found, WORKLOADS))
    print(json.dumps({"load average": os.getloadavg()}))
    return 0


def _starts(folder: Path, url: str) -> dict[str, Start]:
    def ours() -> Any:
        command = [str(Path(PYTHON).with_name("fraisier")), "serve", "--contract"]
        return running_by_contract(command, folder, url, folder / "fraises.yaml")

    def peer(*arguments: str) -> Any:
        port = free_port()
        command = [PYTHON, "-m", "bench.peer_postgresql", url, str(port), *arguments]
        return running(command, folder, port)

    return {
        "fraisier": ours,
        "strawberry, caches on": lambda: peer("--caches"),
        "strawberry, defaults": peer,
    }


@contextlib.contextmanager
def _database(server: str, folder: Path, deployments: int) -> Generator[str]:
    write_config(folder / "fraises.yaml")
    name = f"bench_{os.getpid()}"
    url = f"{server.rpartition('/')[0]}/{name}"
    with psycopg.connect(server, autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name}".encode())
        try:
            environment = {
                **os.environ,
                "FRAISIER_CONFIG": str(folder / "fraises.yaml"),
                "FRAISIER_DATABASE_URL": url,
            }
            command = [str(Path(PYTHON).with_name("fraisier")), "serve", "--contract"]
            install(command[:1], environment)
            with running_by_contract(command, folder, url, folder / "fraises.yaml"):
                pass  # the registry is there now
            with psycopg.connect(url, autocommit=True) as connection:
                grow_postgresql(connection, deployments)
            yield url
        finally:
            administrator.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _table(found: dict[str, dict[str, dict[str, float]]], workloads: list[Workload]) -> str:
    names = [each.name for each in workloads]
    lines = [f"{'requests/CPU-second':24}" + "".join(f"{name:>10}" for name in names)]
    for who, measured in found.items():
        lines.append(f"{who:24}" + "".join(f"{measured[name][RATE]:10.0f}" for name in names))
    ours = found["fraisier"]
    for who, measured in list(found.items())[1:]:
        shares = [ours[name][RATE] / measured[name][RATE] for name in names]
        lines.append(f"{'over ' + who:24}" + "".join(f"{share:10.2f}" for share in shares))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
