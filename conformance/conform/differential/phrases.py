"""Hypothesis makes traces: phrases of steps that make sense together, and loose steps."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from hypothesis import strategies as st

from conform.differential.language import SQL, Trace
from conform.differential.registries import FRAISES, registry
from conform.differential.strategies import WORKERS, Steps, commit, place, refs, single


@st.composite
def life(draw: st.DrawFn) -> Steps:
    """A deployment from its request on; it may end in every way, or not at all."""
    at, sha = draw(place), draw(commit)
    begin = draw(st.sampled_from(["deploy", "deploy", "deploy", "rollback"]))
    steps: Steps = [{"do": begin, **at} | ({"git_commit": sha} if begin == "deploy" else {})]
    steps.append({"do": "claim", "worker": draw(st.sampled_from(WORKERS)), "lease_seconds": 60})
    on = {"deployment": -1, "token": 0}
    made: Steps = [
        {"do": "step", **on, "step": "build", "state": "started"},
        {"do": "step", **on, "step": "build", "state": "succeeded", "progress": 100},
        {"do": "release", **on, "version": sha[:7], "git_commit": sha},
        {"do": "step", **on, "step": "switch", "state": "started"},
    ]
    steps += made[: draw(st.integers(0, 4))] if draw(st.booleans()) else made
    end = draw(st.sampled_from(["success", "success", "success", "failed", "rolled_back", ""]))
    if end:
        steps.append(
            {
                "do": "complete",
                **on,
                "status": end,
                "health": "healthy",
                "error_message": None if end == "success" else "It broke.",
            }
        )
    return steps


@st.composite
def lost(draw: st.DrawFn) -> Steps:
    """Workers die one after another, and somebody looks at what is left."""
    steps: Steps = []
    for _ in range(draw(st.integers(1, 3))):
        steps.append({"do": "claim", "worker": "w2", "lease_seconds": 60, "deployment": -1})
        steps.append({"do": "pass", "seconds": 70})
    return [*steps, {"do": "reap"}]


@st.composite
def look(draw: st.DrawFn) -> Steps:
    """A repository is asked for what nobody told."""
    wait, name, found = (
        draw(st.sampled_from([400, 4000])),
        draw(st.sampled_from(FRAISES[:3])),
        draw(refs),
    )
    return [
        {"do": "pass", "seconds": wait},
        {"do": "look claim", "worker": "w1"},
        {"do": "look complete", "fraise": name, "claim": 0, "refs": found},
    ]


loose = st.lists(single, min_size=1, max_size=5)
phrase = st.one_of(life(), life(), life(), lost(), look(), loose, loose)


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """A registry, some phrases, and now and then a command id that was used before."""
    phrases = draw(st.lists(phrase, min_size=1, max_size=12))
    steps: Steps = [{"do": "sync", "registry": draw(registry())}]
    steps += copy.deepcopy(_flat(phrases))
    if draw(st.booleans()) and len(steps) > 2:
        later = draw(st.integers(1, len(steps) - 1))
        steps[later]["again"] = draw(st.integers(0, later - 1))
    return Trace(steps, SQL)


def _flat(phrases: Sequence[Steps]) -> Steps:
    return [each for phrase in phrases for each in phrase]
