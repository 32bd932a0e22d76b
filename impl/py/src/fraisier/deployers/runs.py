"""What the script of a deployment printed and how it ended, kept on this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from fraisier.domain.errors import FraisierError
from fraisier.domain.values import ScriptResult
from fraisier.effects.files import locked, log_lines, make_private_folder, read_json, write_json
from fraisier.effects.process import Stopped

RUNS_KEPT = 50
OUTPUT_BYTES_MAX = 20_000_000


@dataclass(frozen=True, slots=True)
class RunFolder:
    """``runs/DEPLOYMENT.log`` and ``.json`` below the home of a fraise; the newest are kept."""

    home: Path
    deployment_id: str

    @property
    def log(self) -> Path:
        """Everything that the script printed, redacted."""
        return self.home / "runs" / f"{self.deployment_id}.log"

    @property
    def exit_status(self) -> int | None:
        """How the script ended; ``None`` when nobody saw that, or it never began."""
        known = read_json(self.log.with_suffix(".json"))
        return None if known is None else int(known["exit_status"])

    def ended(self, result: ScriptResult) -> None:
        """Write down how it ended, before anything else may go wrong."""
        write_json(self.log.with_suffix(".json"), {"exit_status": result.exit_status})

    @contextlib.contextmanager
    def output(self, tell: Callable[[str], None]) -> Generator[Callable[[str], None]]:
        """A ``tell`` that also writes to the log, up to a size."""
        make_private_folder(self.log.parent)
        self._tidy()
        with log_lines(self.log) as write:
            left = OUTPUT_BYTES_MAX

            def both(line: str) -> None:
                nonlocal left
                tell(line)
                left -= len(line.encode()) + 1
                if left > 0:
                    write(line)

            yield both

    @contextlib.contextmanager
    def alone(self, name: str, seconds: float, should_stop: Callable[[], bool]) -> Generator[None]:
        """
        Hold the lock that the scheduler also takes for the job of this name.

        Raises:
            FraisierError: ``script-failed``: another run has not ended.
            Stopped: ``should_stop`` became true.
        """
        folder = make_private_folder(self.home / "locks")
        with contextlib.ExitStack() as held:
            lock = locked(folder / f"{name}.lock", timeout_seconds=seconds, should_stop=should_stop)
            try:
                held.enter_context(lock)
            except TimeoutError as error:
                if should_stop():
                    raise Stopped from None
                message = "another run of the script has not ended"
                raise FraisierError(message, code="script-failed") from error
            yield

    def _tidy(self) -> None:
        logs = sorted(self.log.parent.glob("*.log"), key=lambda path: path.stat().st_mtime)
        for path in logs[: -RUNS_KEPT + 1]:
            path.unlink(missing_ok=True)
            path.with_suffix(".json").unlink(missing_ok=True)
