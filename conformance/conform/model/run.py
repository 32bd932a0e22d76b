"""A whole run of the model: every path to a depth, then concurrent histories, on each database."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from conform.databases import Scratch, installed
from conform.dialects import DIALECTS
from conform.differential.session import own_database
from conform.differential.sql import Database, InMemory, OnServer
from conform.model.environment import Environment, apply
from conform.model.histories import record
from conform.model.linear import Operation, Verdict, judge
from conform.model.paths import Walk
from conform.places import checkout
from conform.servers import places
from conform.verdicts import SetupError

THREADS, CALLS, LOSSES = 4, 20, 4
EVERYWHERE = 30  # calls deep: no life is longer, when none is lived twice

Say = Callable[[str], None]


def run(depth: int, histories: int, seed: int, output: Path, say: Say) -> int:
    """
    Walk and record; what is wrong is told on standard output. 0: nothing, 1: something.

    Raises:
        SetupError: No database could be had.
    """
    with places(DIALECTS, say) as found:
        if not found:
            raise SetupError("no database could be had")
        wrong = [text for name, place in found.items() for text in _walks(name, place, depth)]
        for name, place in found.items():
            wrong += _histories(name, place, histories, seed, output)
    for text in wrong[:20]:
        print(text)
    return int(bool(wrong))


def _walks(dialect: str, place: str, depth: int) -> list[str]:
    with ExitStack() as stack:
        if dialect == "sqlite":
            database: Database = InMemory()
        else:
            database = OnServer(own_database(place, stack))
        stack.callback(database.close)
        paths, lives = Walk(database), Walk(database, merge=True)
        paths.walk(depth)
        lives.walk(EVERYWHERE)
    print(
        f"{dialect}: {paths.paths} paths of up to {depth} calls, {lives.lives} lives, "
        f"{paths.calls + lives.calls} calls, {len(paths.found) + len(lives.found)} not as the "
        "machine says"
    )
    return [f"{dialect}: {text}" for text in (*paths.found, *lives.found)]


def _histories(dialect: str, place: str, count: int, seed: int, output: Path) -> list[str]:
    verdicts: Counter[Verdict] = Counter()
    found: list[str] = []
    operations = lost = 0
    with tempfile.TemporaryDirectory(prefix="conform-histories-") as folder:
        template = installed(dialect, folder if dialect == "sqlite" else place, checkout())
        try:
            for number in range(count):
                history = _history(template, f"{seed} {number}")
                verdict = judge(history, Environment(), apply)
                verdicts[verdict] += 1
                operations += len(history)
                lost += sum(each.returned is None for each in history)
                if verdict is Verdict.IMPOSSIBLE:
                    path = _write(history, output / f"history-{dialect}-{seed}-{number}.txt")
                    found.append(f"{dialect}: no order explains {path}")
        finally:
            template.sweep()
    told = ", ".join(f"{n} {verdict.value}" for verdict, n in verdicts.items())
    print(f"{dialect}: {count} histories, {operations} calls, {lost} without an answer: {told}")
    return found


def _history(template: Scratch, seed: str) -> list[Operation]:
    scratch = template.lend()
    try:
        return record(scratch, seed, THREADS, CALLS, LOSSES)
    finally:
        scratch.give_back()


def _write(history: list[Operation], path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    ordered = sorted(history, key=lambda each: each.called)
    began = ordered[0].called
    lines = [
        f"{each.called - began:>12} {each.returned - began if each.returned else '-':>12} {each}\n"
        for each in ordered
    ]
    path.write_text("".join(lines))
    return path
