"""Hypothesis makes traces for the surface level: few configurations, many questions."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from conform.differential.language import CONFIGURE, SURFACE, Trace
from conform.differential.outward import QUESTIONS
from conform.differential.phrases import CLAIM, ended, work
from conform.differential.strategies import COMMITS, Step, Steps

PLACES = (("shop", "live"), ("shop", "test"), ("jobs", "live"))
commit = st.sampled_from(COMMITS)
via = st.sampled_from(["graphql", "graphql", "graphql", "cli"])
place = st.sampled_from([*PLACES, *PLACES, ("nobody", "live"), ("shop", "nowhere")])


def configurations() -> list[dict[str, Any]]:
    """A server is kept for each, so there are few: other types, environments and rules."""
    target = {"provider": "local", "command": ["true"]}
    shop = {
        "type": "api",
        "description": "Sells things",
        "git": {"repository": "https://forge.test/acme/shop.git"},
        "environments": {
            "live": {"branch": "main", "target": {**target, "port": 8001}},
            "test": {"branch": "dev", "target": {**target, "port": 8002}},
        },
    }
    jobs = {"type": "worker", "environments": {"live": {"target": target}}}
    route = {"fraise": "shop", "environment": "live"}
    test = {"fraise": "shop", "environment": "test"}
    return [
        {"fraises": {"shop": shop, "jobs": jobs}, "branch_mapping": {"main": route, "dev": test}},
        {
            "fraises": {
                "jobs": {**jobs, "description": 'Says "é"'},
                "shop": {**shop, "type": "worker"},
            },
            "branch_mapping": {"main": [route, test], "feature/*": test},
        },
    ]


@st.composite
def outward(draw: st.DrawFn) -> Steps:
    """One thing that somebody outside wants."""
    fraise, environment = draw(place)
    at = {"fraise": fraise, "environment": environment, "via": draw(via)}
    chosen: list[Step] = [
        {"do": "deploy", **at, "git_commit": draw(commit), "force": draw(st.booleans())},
        {"do": "deploy", **at, "git_branch": draw(st.sampled_from(["main", "é/x"]))},
        {"do": "rollback", **at, "to_version": draw(st.sampled_from([None, COMMITS[0], "zz"]))},
        {"do": "cancel", "deployment": draw(st.sampled_from([-1, 0, 1])), "via": at["via"]},
        {"do": "cancel", "deployment": "x", "reason": "No.", "via": at["via"]},
        {"do": "replay", "webhook": draw(st.sampled_from([-1, 0])), "via": at["via"]},
        _push(draw),
        _push(draw),
        {"do": "ask", "query": draw(st.sampled_from(sorted(QUESTIONS))), "via": at["via"]},
    ]
    return [draw(st.sampled_from(chosen))]


def _push(draw: st.DrawFn) -> Step:
    return {
        "do": "push",
        "branch": draw(st.sampled_from(["main", "dev", "feature/x", "other"])),
        "commit_sha": draw(commit),
        "delivery_id": draw(st.sampled_from(["1", "2", "3", "4"])),
        "deleted": draw(st.sampled_from([False, False, False, True])),
        "signed": draw(st.sampled_from([True, True, True, False])),
    }


@st.composite
def carried_out(draw: st.DrawFn) -> Steps:
    """A worker takes the oldest and brings it to some end; then somebody asks."""
    sha = draw(commit)
    status = draw(st.sampled_from(["success", "success", "failed", "rolled_back"]))
    reports = work(sha, True)
    kept = reports if status == "success" else reports[: draw(st.integers(0, 6))]
    question = draw(st.sampled_from(sorted(QUESTIONS)))
    asked: Step = {"do": "ask", "query": question, "via": draw(via)}
    return [CLAIM, *kept, ended(status), {"do": "pass", "seconds": 7200}, asked]


@st.composite
def surface_traces(draw: st.DrawFn) -> Trace:
    """Wishes, work and questions; at the end every question by GraphQL."""
    config = draw(st.sampled_from(configurations()))
    phrases = st.one_of(outward(), outward(), outward(), carried_out())
    steps: Steps = [{"do": CONFIGURE, "config": config}]
    for phrase in draw(st.lists(phrases, min_size=3, max_size=12)):
        steps += [dict(step) for step in phrase]
    steps += [{"do": "ask", "query": name, "via": "graphql"} for name in sorted(QUESTIONS)]
    return Trace(steps, SURFACE)
