"""Judge the faults one after the other, several at once."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue

from conform import verdicts
from conform.selftest.faults import Fault
from conform.selftest.overlay import Overlay
from conform.verdicts import SetupError

FINDINGS = 1  # exit status of a run


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which cases of the broken requirement noticed it; ``problem``: none could."""

    fault: Fault
    caught_by: tuple[str, ...]
    problem: str = ""

    def as_line(self) -> str:
        """One line of NDJSON."""
        fault = asdict(self.fault)
        facts = {"fault": fault.pop("name"), "breaks": fault["breaks"], "file": fault["file"]}
        found = {"caught_by": list(self.caught_by), "problem": self.problem}
        return json.dumps({"record": "fault", **facts, **found})


def judge(
    checkout: Path, faults: Sequence[Fault], workers: int, tell: Callable[[Outcome], None]
) -> list[Outcome]:
    """
    What became of each fault; the healthy reference is judged first, and must pass.

    Raises:
        SetupError: The healthy reference fails, or cannot be judged.
    """
    with tempfile.TemporaryDirectory(prefix="conform-selftest-") as name:
        copies: SimpleQueue[Overlay] = SimpleQueue()
        for number in range(min(workers, len(faults))):
            copies.put(Overlay(checkout, Path(name, str(number))))
        _healthy(copies.get(), faults, workers, copies)

        def judged(fault: Fault) -> Outcome:
            copy = copies.get()
            try:
                outcome = _outcome(copy, fault)
            finally:
                copies.put(copy)
            tell(outcome)
            return outcome

        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(judged, faults))


def _healthy(
    copy: Overlay, faults: Sequence[Fault], workers: int, copies: SimpleQueue[Overlay]
) -> None:
    for database in dict.fromkeys(fault.database for fault in faults):
        broken = [fault.breaks for fault in faults if fault.database == database]
        status = copy.judged(tuple(dict.fromkeys(broken)), database, workers)
        if status:
            said = (copy.output / "output.txt").read_text()[-3000:]
            raise SetupError(f"the healthy reference does not pass on {database}:\n{said}")
    copies.put(copy)


def _outcome(copy: Overlay, fault: Fault) -> Outcome:
    status = copy.broken_by(fault)
    if status not in (0, FINDINGS):
        said = " ".join((copy.output / "output.txt").read_text().split())[-500:]
        return Outcome(fault, (), f"the run ended with {status}: {said}")
    return Outcome(fault, tuple(_noticed(copy.output / "run.ndjson", fault.breaks)))


def _noticed(records: Path, requirement: str) -> Iterator[str]:
    """The cases of the requirement that failed; what passes when asked again is no proof."""
    for line in records.read_text().splitlines():
        record = json.loads(line)
        about = requirement in record.get("requirements", ())
        if about and record.get("verdict") in verdicts.FINDINGS:
            yield record["case"]
