"""Hypothesis makes traces: phrases of steps that make sense together, and loose steps."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from hypothesis import strategies as st

from conform.differential.language import SQL, Trace
from conform.differential.registries import FRAISES, PLACES, registry
from conform.differential.strategies import (
    COMMITS,
    WORKERS,
    Step,
    Steps,
    commit,
    good_push,
    place,
    refs,
    single,
)

ON = {"deployment": -1, "token": 0}
CLAIM = {"do": "claim", "worker": "w1", "lease_seconds": 60}
DIGESTS = ("1" * 64, "2" * 64, "3" * 64)


@st.composite
def life(draw: st.DrawFn) -> Steps:
    """A deployment from its request on; it may end in every way, or not at all."""
    at, sha = draw(place), draw(commit)
    begin = draw(st.sampled_from(["deploy", "deploy", "deploy", "rollback"]))
    steps: Steps = [{"do": begin, **at} | ({"git_commit": sha} if begin == "deploy" else {})]
    steps.append({**CLAIM, "worker": draw(st.sampled_from(WORKERS))})
    made = work(sha, draw(st.booleans()))
    steps += made[: draw(st.integers(0, len(made)))] if draw(st.booleans()) else made
    end = draw(st.sampled_from(["success", "success", "success", "failed", "rolled_back", ""]))
    return [*steps, *([ended(end)] if end else [])]


def work(sha: str, compatible: bool) -> Steps:
    """What a worker reports between its claim and the end."""
    return [
        {"do": "step", **ON, "step": "build", "state": "started"},
        {"do": "heartbeat", **ON, "worker": "w1", "lease_seconds": 60},
        {"do": "step", **ON, "step": "build", "state": "succeeded", "progress": 100},
        {"do": "release", **ON, "version": sha[:7], "git_commit": sha},
        {"do": "migration", **ON, "migration_head": "7", "backward_compatible": compatible},
        {"do": "step", **ON, "step": "switch", "state": "started"},
    ]


def ended(status: str) -> Step:
    """How the newest one ends."""
    broke = {} if status == "success" else {"error_message": "It broke."}
    return {"do": "complete", **ON, "status": status, "health": "healthy", **broke}


@st.composite
def back_and_forth(draw: st.DrawFn) -> Steps:
    """Two releases, a rollback, and automation that wants the newer one again."""
    at, (old, new) = draw(place), draw(st.permutations(COMMITS[:2]))
    steps: Steps = []
    for sha in (old, new):
        steps += [{"do": "deploy", **at, "git_commit": sha}, CLAIM, *work(sha, True)[3:4]]
        steps += [*work(sha, False)[4 : 4 + draw(st.integers(0, 1))], ended("success")]
    versions = st.sampled_from([None, old, new[:7], old[:8], "none"])
    forced = {"force": draw(st.booleans())}
    steps.append({"do": "rollback", **at, "to_version": draw(versions), **forced})
    steps += [CLAIM, {**work(old, True)[3]}, ended("success")]
    trigger = draw(st.sampled_from(["webhook", "scheduled", "api"]))
    return [
        *steps,
        {"do": "deploy", **at, "git_commit": new[:9], "trigger_type": trigger, **forced},
    ]


@st.composite
def called_off(draw: st.DrawFn) -> Steps:
    """Somebody changes their mind before, during or after."""
    steps: Steps = [{"do": "deploy", **draw(place)}]
    steps += (
        [CLAIM, *work(COMMITS[0], True)[: draw(st.integers(0, 6))]] if draw(st.booleans()) else []
    )
    steps.append({"do": "cancel", "deployment": -1, "reason": "No.", "actor": "ann"})
    steps.append({"do": "step", **ON, "step": "fetch", "state": "started"})
    return [*steps, ended(draw(st.sampled_from(["cancelled", "failed", "success"])))]


@st.composite
def tokens(draw: st.DrawFn) -> Steps:
    """Tokens come, are used, expire and go."""
    digests, names = st.sampled_from(DIGESTS), st.sampled_from(["ci", "ops"])
    steps: Steps = []
    for _ in range(draw(st.integers(2, 6))):
        create = {"do": "create token", "name": draw(names), "digest": draw(digests)}
        other: Steps = [
            {"do": "use token", "api_token": -1},
            {"do": "revoke token", "name": draw(names)},
            {"do": "pass", "seconds": 700},
        ]
        full = {**create, "scopes": ["read", "deploy"]}
        steps.append(draw(st.sampled_from([full, full, *other])))
    return steps


@st.composite
def notified(draw: st.DrawFn) -> Steps:
    """The outbox is emptied, with luck or without."""
    steps: Steps = []
    for _ in range(draw(st.integers(1, 4))):
        went = draw(st.booleans())
        steps.append({"do": "notify claim", "worker": "w1", "lease_seconds": 60})
        told = {"notification": draw(st.integers(-3, 0)), "claim": 0, "succeeded": went}
        steps.append({"do": "notify complete", **told, "error": "no", "retry_seconds": 60})
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


@st.composite
def pushes(draw: st.DrawFn) -> Steps:
    """A forge tells, some of it twice, and somebody has it routed again."""
    sent = draw(st.lists(good_push(), min_size=1, max_size=3))
    again: Steps = [{"do": "replay", "webhook": -1, "actor": "ann"}] if draw(st.booleans()) else []
    return [*sent, *again, *sent[: draw(st.integers(0, 1))]]


@st.composite
def crowd(draw: st.DrawFn) -> Steps:
    """More wait than a small queue holds."""
    some = draw(st.permutations(PLACES))[:4]
    return [{"do": "deploy", "fraise": f, "environment": e} for f, e in some]


loose = st.lists(single, min_size=1, max_size=5)
phrase = st.one_of(
    *(
        life(),
        life(),
        back_and_forth(),
        called_off(),
        lost(),
        look(),
        pushes(),
        tokens(),
        notified(),
    ),
    *(crowd(), loose, loose, loose),
)


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
