"""Plays a trace everywhere and says where the places part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from conform.differential.canonical import first_difference
from conform.differential.language import Trace
from conform.differential.player import Played

# Times are told in tens of seconds: a trace that took longer is played once more.
SLOW_SECONDS = 4.0
PATIENCE = 4


class Player(Protocol):
    """Whoever can play traces, from nothing each time."""

    name: str

    def play(self, trace: Trace) -> Played:
        """What the trace came to."""
        ...


class DifferentError(AssertionError):
    """The places do not agree, or a log is not what the model allows."""


@dataclass(slots=True)
class Comparison:
    """Players side by side, and what they have been through so far."""

    players: Sequence[Player]
    traces: int = 0
    steps: int = 0
    codes: Counter[str] = field(default_factory=Counter[str])

    def check(self, trace: Trace) -> None:
        """
        Play it everywhere.

        Raises:
            DifferentError: In words.
        """
        played = self._play(trace)
        self.traces += 1
        self.steps += len(trace.steps)
        first, *_ = played.values()
        self.codes.update(code for code in first.codes if code)
        found = difference(trace, played)
        if found:
            raise DifferentError(found)

    def _play(self, trace: Trace) -> Mapping[str, Played]:
        played = {each.name: each.play(trace) for each in self.players}
        for _ in range(PATIENCE):
            if all(each.seconds < SLOW_SECONDS for each in played.values()):
                break
            played = {each.name: each.play(trace) for each in self.players}
        return played


def difference(trace: Trace, played: Mapping[str, Played]) -> str:
    """The first thing on which two places part, or that the model does not allow."""
    (first, left), *others = played.items()
    for name, right in others:
        for number, step in enumerate(trace.steps):
            found = first_difference(left.answers[number], right.answers[number])
            if found:
                return f"step {number} ({step['do']}), {first} and {name} differ at {found}"
        found = first_difference(left.contents, right.contents)
        if found:
            return f"the databases of {first} and {name} differ at {found}"
    for name, each in played.items():
        if each.violations:
            return f"{name}: {each.violations[0]}"
    return ""
