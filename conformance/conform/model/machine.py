"""``spec/lifecycle.yaml`` as values."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from conform.places import checkout

COMPLETED = "deployment.completed"


@dataclass(frozen=True, slots=True)
class Transition:
    """One way from a state to a state."""

    source: str
    target: str
    functions: tuple[str, ...]
    cause: str
    event: str
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Machine:
    """The whole of it."""

    states: Mapping[str, Mapping[str, Any]]
    initial: str
    transitions: tuple[Transition, ...]
    attempts_max: int
    point_of_no_return: str
    steps: Mapping[str, str]
    step_states: tuple[str, ...]
    events: Mapping[str, Mapping[str, Any]]

    def ends(self, state: str) -> bool:
        """Whether nothing comes after a state."""
        return bool(self.states[state]["terminal"])

    def ways(self, source: str, event: str, target: str) -> list[Transition]:
        """The transitions from a state that an event may tell of."""
        found = [each for each in self.transitions if each.source == source]
        return [each for each in found if each.event == event and each.target == target]

    @property
    def moving(self) -> frozenset[str]:
        """The events that tell of a transition."""
        return frozenset(each.event for each in self.transitions)


def load(path: Path) -> Machine:
    """
    Read a file.

    Raises:
        ValueError: A transition names a state or an event that there is not, or leaves an end.
    """
    document: dict[str, Any] = yaml.safe_load(path.read_text())
    transitions = tuple(
        Transition(t["from"], t["to"], tuple(t["by"]), t["cause"], t["event"], t.get("when"))
        for t in document["transitions"]
    )
    made = Machine(
        document["states"],
        document["initial"],
        transitions,
        document["attempts_max"],
        document["point_of_no_return"],
        document["steps"],
        tuple(document["step_states"]),
        document["events"],
    )
    for each in transitions:
        known = {each.source, each.target} <= set(made.states) and each.event in made.events
        if not known or made.ends(each.source):
            raise ValueError(f"{path.name}: {each.source} to {each.target}, {each.event}")
    return made


@functools.cache
def machine() -> Machine:
    """That of the checkout."""
    return load(checkout() / "spec" / "lifecycle.yaml")
