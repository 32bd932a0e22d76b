"""Many generated traces, until one shows a difference."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
from hypothesis import strategies as st

from conform.differential.compare import Comparison, DifferentError
from conform.differential.language import Trace, write
from conform.differential.shrink import shortened

TELL_SECONDS = 10.0
UNASKED = (  # a trace is large, and a machine may be slow
    hypothesis.HealthCheck.too_slow,
    hypothesis.HealthCheck.data_too_large,
    hypothesis.HealthCheck.large_base_example,
)
BATCH = 100  # hypothesis learns within a batch; more of it at once only repeats itself


@dataclass(slots=True)
class Found:
    """A difference in words, and the shortest trace that shows it."""

    text: str
    trace: Trace


@dataclass(slots=True)
class Hunt:
    """So many traces with a seed; ``say`` hears how far it is."""

    comparison: Comparison
    traces: st.SearchStrategy[Trace]
    count: int
    seed: int
    say: Callable[[str], None]
    _began: float = field(default_factory=time.monotonic)
    _told: float = field(default_factory=time.monotonic)
    _caught: tuple[Trace, str] | None = None

    def run(self) -> Found | None:
        """Play them all; the first difference ends it, shortened."""
        caught = self.first()
        return self._shortened(*caught) if caught else None

    def first(self) -> tuple[Trace, str] | None:
        """The first difference as it was found, in words."""
        for batch in range(-(-self.count // BATCH)):
            self._batch(batch, min(BATCH, self.count - batch * BATCH))
            if self._caught:
                break
        return self._caught

    def _batch(self, number: int, count: int) -> None:
        @hypothesis.seed(self.seed * 1000 + number)
        @hypothesis.settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=UNASKED,
        )
        @hypothesis.given(self.traces)
        def play(trace: Trace) -> None:
            if self._caught is None:
                self._play(trace)

        play()

    def _play(self, trace: Trace) -> None:
        try:
            self.comparison.check(trace)
        except DifferentError as found:
            self._caught = trace, str(found)
        self._tell()

    def _shortened(self, trace: Trace, text: str) -> Found:
        self.say(f"after {self.comparison.traces} traces, {text}; making it shorter")

        def shows(shorter: Trace) -> bool:
            nonlocal text
            try:
                self.comparison.check(shorter)
            except DifferentError as found:
                text = str(found)
                return True
            return False

        short = shortened(trace, shows)
        shows(short)
        return Found(text, short)

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told < TELL_SECONDS:
            return
        self._told = now
        done, gone = self.comparison.traces, now - self._began
        left = gone / done * (self.count - done)
        self.say(f"{done}/{self.count} traces, {self.comparison.steps} steps, {left:.0f} s left")


def save(found: Found, folder: Path) -> Path:
    """Keep a finding where every later run replays it; its name is its content's."""
    about = Trace(found.trace.steps, found.trace.level, found.text)
    digest = hashlib.sha256(repr(found.trace.steps).encode()).hexdigest()[:10]
    path = folder / f"{found.trace.level}-{digest}.yaml"
    write(about, path)
    return path
