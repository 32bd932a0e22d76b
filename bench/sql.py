"""The SQL alone: what each workload costs in the database, without a server around it."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from fraisier.api.graphql import Executor
from fraisier.db import Database, connect

from bench.workloads import WORKLOADS, Workload

BATCHES = 20
CALLS = 50
PLAN = Path(__file__).parents[1] / "schema" / "compiled" / "CompiledSchema.json"


class Timed:
    """A database for the executor that adds up the processor time spent in it."""

    def __init__(self, database: Database) -> None:
        self.dialect = database.dialect
        self.seconds = 0.0
        self._database = database

    async def call(self, function: str, /, command_id: str | None = None, **arguments: Any) -> Any:
        """Call an ``fn_*``."""
        started = time.process_time()
        answer = self._database.call(function, command_id, **arguments)
        self.seconds += time.process_time() - started
        return answer

    async def fetch_json(self, sql: str, parameters: Any = ()) -> str | bytes | None:
        """First column of the first row."""
        started = time.process_time()
        text = self._database.fetch_json(sql, parameters)
        self.seconds += time.process_time() - started
        return text


async def _median(executor: Executor, timed: Timed, workload: Workload) -> float:
    measured: list[float] = []
    for _ in range(BATCHES):
        timed.seconds = 0.0
        for _ in range(CALLS):
            result = await executor.execute(workload.query, None, workload.variables)
            if result.has_errors:
                raise SystemExit(result.body.decode())
        measured.append(timed.seconds / CALLS)
    return statistics.median(measured)


async def _run(database: str) -> dict[str, float]:
    timed = Timed(connect(f"sqlite:///{database}"))
    executor = Executor(json.loads(PLAN.read_text(encoding="utf-8")), timed)
    return {workload.name: await _median(executor, timed, workload) for workload in WORKLOADS}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_run(sys.argv[1]))))
