"""What a soak does, decided by its seed alone before anything starts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

VICTIMS = ("observer-1", "observer-2", "observer-2", "server", "command", "command")
HOW = ("kill", "kill", "kill", "freeze", "freeze", "end")
BROKEN = 6  # one of so many commits does not work


@dataclass(frozen=True, slots=True)
class Action:
    """Wait, ask for some deployments, then do something to a process."""

    number: int
    pause_seconds: float
    requests: tuple[tuple[int, int], ...]  # environment, commit
    victim: str
    how: str
    frozen_seconds: float

    def __str__(self) -> str:
        asked = " ".join(f"e{where:02}<-{what}" for where, what in self.requests)
        return f"{self.number}: {self.how} {self.victim}; asked for {asked or 'nothing'}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole soak."""

    seed: int
    environments: int
    commits: int
    broken: frozenset[int]
    actions: Sequence[Action]


def plan(seed: int, kills: int, environments: int, commits: int) -> Plan:
    """The same seed and numbers make the same plan."""
    chance = random.Random(seed)
    broken = frozenset(n for n in range(commits - 1) if chance.randrange(BROKEN) == 0)
    actions = [
        Action(
            number=number,
            pause_seconds=chance.uniform(0.05, 1.0),
            requests=tuple(
                (chance.randrange(environments), chance.randrange(commits))
                for _ in range(chance.choice((1, 2, 3)))
            ),
            victim=chance.choice(VICTIMS),
            how=chance.choice(HOW),
            frozen_seconds=chance.uniform(2.2, 4.0),
        )
        for number in range(1, kills + 1)
    ]
    return Plan(seed, environments, commits, broken, actions)
