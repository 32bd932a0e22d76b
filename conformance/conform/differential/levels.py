"""A whole run: the corpus of the level, then generated traces, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from conform.dialects import DIALECTS
from conform.differential.compare import Comparison, DifferentError
from conform.differential.hunt import Hunt, save
from conform.differential.language import SQL, read
from conform.differential.session import sql_comparison, surface_comparison
from conform.runfolder import run_folder
from conform.servers import places

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is asked for."""

    level: str
    traces: int
    seed: int
    replay: tuple[Path, ...]
    corpus: Path
    findings: Path
    implementations: tuple[Path, ...] = ()

    @property
    def again(self) -> str:
        """The command that makes the same traces again."""
        return (
            f"conform differential --level {self.level} --traces {self.traces} --seed {self.seed}"
        )


def run(wanted: Wanted, say: Say) -> int:
    """
    Play all; what differs is told on standard output. 0: nothing, 1: something.

    Raises:
        SetupError: Nothing could be compared.
    """
    began = time.monotonic()
    with run_folder(), places(DIALECTS, say) as found, comparison(wanted, found) as compared:
        saved = wanted.replay or sorted(wanted.corpus.glob(f"{wanted.level}-*.yaml"))
        wrong = _replay(saved, compared)
        if not wrong and not wanted.replay:
            wrong = _generate(wanted, compared, say)
        print(
            f"{compared.traces} traces, {compared.steps} steps, {len(compared.codes)} outcomes on "
            f"{' and '.join(each.name for each in compared.players)} in "
            f"{time.monotonic() - began:.0f} s, seed {wanted.seed}: "
            f"{'a difference' if wrong else 'no difference'}"
        )
    return int(wrong)


def comparison(wanted: Wanted, found: dict[str, str]) -> AbstractContextManager[Comparison]:
    """The players of a level."""
    if wanted.level == SQL:
        return sql_comparison(found)
    return surface_comparison(found, wanted.implementations)


def _replay(saved: list[Path] | tuple[Path, ...], compared: Comparison) -> bool:
    for path in saved:
        try:
            compared.check(read(path))
        except DifferentError as reason:
            print(f"{path.name}: {reason}\nagain: conform differential --replay {path}")
            return True
    return False


def _generate(wanted: Wanted, compared: Comparison, say: Say) -> bool:
    from conform.differential.phrases import traces
    from conform.differential.surface_phrases import surface_traces

    made = traces() if wanted.level == SQL else surface_traces()
    before = compared.traces
    hunt = Hunt(compared, made, before + wanted.traces, wanted.seed, say)
    found = hunt.run()
    if found is None:
        return False
    path = save(found, wanted.findings)
    print(f"{found.text}\nthe trace, made shorter: {path}")
    print(f"again: conform differential --replay {path}\n       {wanted.again}")
    return True
