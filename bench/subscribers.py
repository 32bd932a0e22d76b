"""Subscribers: are all told everything in order, how soon, and what does each cost?"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from fraisier.db import connect

from bench.data import install, write_config
from bench.databases import on_each
from bench.servers import PYTHON, pin, running_by_contract

BUDGETS = {"p99_ms": 250.0, "kilobytes_each": 64.0}  # thousands, an event each second
FEW_P99_BUDGET = 50.0  # DESIGN section 8
FEW = {"subscribers": 10, "events": 200, "pause": 0.05}


def measure_all(options: argparse.Namespace) -> dict[str, Any]:
    """Many and few, on SQLite and on PostgreSQL."""
    many = {"subscribers": options.subscribers, "events": options.events, "pause": 1.0}
    results = on_each(lambda database: _measured(None if database == "sqlite" else database, many))
    print(table(results))
    return results


def _measured(url: str | None, many: dict[str, Any]) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="fraisier-bench-") as name:
        plans = {"env_0": FEW, "env_1": many}
        return [_measure(Path(name), url, each, plan) for each, plan in plans.items()]


def _measure(
    folder: Path, url: str | None, environment: str, plan: dict[str, Any]
) -> dict[str, Any]:
    config = folder / "fraises.yaml"
    write_config(config)
    address = url or f"sqlite:///{folder}/subscribers.db"
    variables = {**os.environ, "FRAISIER_CONFIG": str(config), "FRAISIER_DATABASE_URL": address}
    command = str(Path(PYTHON).with_name("fraisier"))
    install([command], variables)
    with running_by_contract([command, "serve", "--contract"], folder, address, config) as server:
        settings = {
            "port": server.port,
            "pid": server.pid,
            "database_url": address,
            "deployment": _running_deployment(address, environment),
            **plan,
        }
        used = server.cpu_seconds()
        done = subprocess.run(
            [PYTHON, "-m", "bench.subscriber_load"],
            input=json.dumps(settings),
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[1],
            preexec_fn=lambda: pin(1),
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"subscribers: {done.stderr[-1500:]}")
        measured: dict[str, Any] = json.loads(done.stdout)
        measured["cpu_seconds"] = round(server.cpu_seconds() - used, 1)
        spent = (measured.pop("cpu_at_end") - measured.pop("cpu_at_start")) * 1e6
        delivered = measured["subscribers"] * measured["events"]
        measured["cpu_us_each"] = round(spent / delivered, 1)
        return measured


def _running_deployment(url: str, environment: str) -> str:
    """A deployment whose worker has claimed it a moment ago."""
    database = connect(url)
    asked = database.call("fn_request_deployment", fraise="fraise_0", environment=environment)
    claimed = database.call(
        "fn_claim_deployment", worker="bench", lease_seconds=3600, deployment_id=asked.entity_id
    )
    database.close()
    if not claimed.succeeded or asked.entity_id is None:
        raise RuntimeError(claimed.message)
    return asked.entity_id


def table(results: dict[str, list[dict[str, Any]]]) -> str:
    """A line for each measurement."""
    lines = [
        "| database | subscribers | events | all, in order | p50 ms | p99 ms | max ms"
        " | kB each | CPU s | CPU µs a message |",
        "|---|--:|--:|---|--:|--:|--:|--:|--:|--:|",
    ]
    for database, measured in results.items():
        for each in measured:
            cells = [database, each["subscribers"], each["events"]]
            cells += ["yes" if each["all_in_order"] else "NO", each["p50_ms"], each["p99_ms"]]
            cells += [each["max_ms"], each["kilobytes_each"], each["cpu_seconds"]]
            cells += [each["cpu_us_each"]]
            lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)
