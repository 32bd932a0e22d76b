"""Hypothesis makes single steps: most make sense somewhere, some nowhere."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from conform.differential.contents import VIEWS
from conform.differential.registries import (
    BRANCHES,
    ENVIRONMENTS,
    FRAISES,
    KEYS,
    PLACES,
    TAGS,
    broken,
    registry,
)

Step = dict[str, Any]
Steps = list[Step]
COMMITS = ("a" * 40, "b" * 40, "ab" * 20, "a" * 7 + "c" * 33)
PARTS = ("aaaa", "AAAAAAA", "b" * 7, "abc", "g" * 40, "", "a" * 64, "a" * 65, "é" * 7)
TEXTS = (None, "", "x", 'It\'s 100 % "so" %s', "é\n", '{"a": 1}', "[1", "null", "x" * 300)
WORKERS = ("w1", "w2", "é")
STEPS = ("preflight", "fetch", "build", "migrate", "switch", "health", "rollback", "own step")
ENDS = ("success", "failed", "rolled_back", "cancelled")
LEASES = (10, 60, 3600)
PASSES = (10, 70, 400, 4000, 90000, 31 * 86400, -70)
SCOPES: tuple[Any, ...] = (
    ["read"],
    ["read", "admin"],
    [],
    ["x"],
    ["read", "read"],
    {},
)
row = st.integers(0, 5)
commit = st.sampled_from(COMMITS)
text = st.sampled_from(TEXTS)
place = st.sampled_from(PLACES).map(lambda p: {"fraise": p[0], "environment": p[1]})
trigger = st.sampled_from([None, "webhook", "manual", "api", "scheduled", "cron"])


def step(do: str, needed: dict[str, Any], **optional: Any) -> st.SearchStrategy[Any]:
    """A step with these arguments; each optional one may be there."""
    return st.fixed_dictionaries({"do": st.just(do), **needed}, optional=optional)


def worker_on(do: str, **needed: Any) -> dict[str, Any]:
    """What everybody says who reports on a deployment; mostly with the token that counts."""
    return {"deployment": row, "token": st.sampled_from([0, 0, 0, 0, -1, 1]), **needed}


anywhere = st.one_of(
    place,
    st.fixed_dictionaries(
        {
            "fraise": st.sampled_from([*FRAISES, "", None]),
            "environment": st.sampled_from([*ENVIRONMENTS, "Live", None]),
        }
    ),
)
claim = step(
    "claim",
    {"worker": st.sampled_from(WORKERS), "lease_seconds": st.sampled_from(LEASES)},
    deployment=row,
)
wrong_claim = step(
    "claim",
    {"worker": st.sampled_from(["", None, "w1"]), "lease_seconds": st.sampled_from([0, 3601, -1])},
    deployment=st.sampled_from(["x", "", "A0000000-0000-4000-8000-000000000000"]),
)
deploy = st.tuples(
    anywhere,
    step(
        "deploy",
        {},
        git_commit=st.one_of(commit, commit, st.sampled_from(PARTS)),
        git_branch=st.sampled_from(BRANCHES),
        trigger_type=trigger,
        actor=text,
        dry_run=st.sampled_from([None, False, True]),
        force=st.sampled_from([None, False, True]),
        webhook=st.sampled_from([0, 1, "x"]),
    ),
).map(lambda pair: {**pair[1], **pair[0]})
rollback = st.tuples(
    anywhere,
    step(
        "rollback",
        {},
        to_version=st.sampled_from([None, "1", "2", *COMMITS, "aaaaaaa", "aaaa", ""]),
        trigger_type=trigger,
        actor=text,
        force=st.sampled_from([None, False, True]),
    ),
).map(lambda pair: {**pair[1], **pair[0]})
record = step(
    "step",
    worker_on(
        "step",
        step=st.sampled_from([*STEPS, ""]),
        state=st.sampled_from(["started", "started", "succeeded", "failed", "skipped", "x"]),
    ),
    progress=st.sampled_from([None, 0, 50, 100, 101, -1]),
    message=text,
    detail=st.sampled_from([None, {}, {"code": "x", "hint": "é"}, [1, {"b": 1.0}]]),
)
release = step(
    "release",
    worker_on(
        "release",
        version=st.sampled_from(["1", "2", "1", ""]),
        git_commit=st.one_of(commit, commit, st.sampled_from(PARTS)),
    ),
    artifact_digest=text,
    config=st.sampled_from([None, {}, {"port": 8000}]),
    migration_head=text,
)
migration = step(
    "migration",
    worker_on(
        "migration",
        migration_head=st.sampled_from(["7", "8", "", None]),
        backward_compatible=st.sampled_from([True, False, None]),
    ),
    detail=st.sampled_from([None, {"tables": ["a"]}]),
)
complete = step(
    "complete",
    worker_on("complete", status=st.sampled_from([*ENDS, "pending"])),
    health=st.sampled_from([None, "healthy", "degraded", "down", "unknown", "well"]),
    error_code=text,
    error_message=text,
    details=st.sampled_from([None, {"a": [1]}]),
)
change = st.fixed_dictionaries(
    {"event_type": st.sampled_from(["push", "push", "tag", "delete", "ping", "other", "x"])},
    optional={
        "branch": st.sampled_from(BRANCHES),
        "tag": st.sampled_from(["v1.0", "v2.0", "x", ""]),
        "commit_sha": commit,
        "before": commit,
        "sender": text,
    },
)
event = st.tuples(
    change,
    st.fixed_dictionaries(
        {},
        optional={
            "native_event": text,
            "repository": st.sampled_from([None, "acme/shop"]),
            "repository_keys": st.lists(st.sampled_from(KEYS), max_size=2),
            "changes": st.one_of(st.none(), st.lists(change, max_size=3)),
            "paths": st.sampled_from([None, [], ["services/a.py"], ["README.md", "[x]/y"]]),
            "payload_digest": st.sampled_from([None, "1" * 64, "2" * 64]),
        },
    ),
).map(lambda pair: {**pair[0], **pair[1]})
push = step(
    "push",
    {
        "provider": st.sampled_from(["github", "GitLab", "custom", "svn"]),
        "delivery_id": st.sampled_from(["1", "2", "3", "é", ""]),
        "event": event,
    },
    hook=st.sampled_from(["default", "own"]),
    payload=text,
    actor=text,
)


@st.composite
def good_push(draw: st.DrawFn) -> Step:
    """A push as a forge sends it."""
    event = {
        "event_type": "push",
        "branch": draw(st.sampled_from(BRANCHES[:4])),
        "commit_sha": draw(commit),
        "repository": "acme/shop",
        "repository_keys": [draw(st.sampled_from(KEYS))],
    }
    number = draw(st.integers(0, 9))
    return {
        "do": "push",
        "provider": "github",
        "delivery_id": f"d{number}",
        "hook": "default",
        "event": event,
    }


refs = st.lists(
    st.fixed_dictionaries(
        {
            "ref_type": st.sampled_from(["branch", "branch", "tag", "x"]),
            "name": st.sampled_from([*BRANCHES[:4], *TAGS[:1], ""]),
            "commit": st.one_of(commit, st.sampled_from(PARTS)),
        }
    ),
    max_size=3,
)
look_complete = step(
    "look complete",
    {"fraise": st.sampled_from(FRAISES), "claim": st.sampled_from([0, 0, 0, 1])},
    refs=refs,
    error=text,
)
single = st.one_of(
    deploy,
    rollback,
    push,
    good_push(),
    claim,
    wrong_claim,
    record,
    release,
    migration,
    complete,
    step(
        "heartbeat",
        worker_on(
            "heartbeat",
            worker=st.sampled_from(WORKERS),
            lease_seconds=st.sampled_from([*LEASES, 0, None]),
        ),
    ),
    step("cancel", {"deployment": row}, reason=text, actor=text),
    step("reap", {}),
    step("pass", {"seconds": st.sampled_from(PASSES)}),
    step("ask", {"view": st.sampled_from(sorted(VIEWS))}),
    step("replay", {"webhook": st.one_of(row, st.just("x"))}, actor=text),
    anywhere.flatmap(
        lambda p: step(
            "health",
            {k: st.just(v) for k, v in p.items()}
            | {"status": st.sampled_from(["healthy", "degraded", "down", "unknown", "", None])},
            message=text,
        )
    ),
    step(
        "worker",
        {
            "worker": st.sampled_from([*WORKERS, ""]),
            "state": st.sampled_from(["running", "stopped", "x"]),
        },
        lease_seconds=st.sampled_from([*LEASES, 0, None]),
    ),
    step(
        "notify claim",
        {"worker": st.sampled_from([*WORKERS, ""]), "lease_seconds": st.sampled_from([*LEASES, 0])},
    ),
    step(
        "notify complete",
        {
            "notification": row,
            "claim": st.sampled_from([0, 0, 0, 1]),
            "succeeded": st.sampled_from([True, False, None]),
        },
        error=text,
        retry_seconds=st.sampled_from([0, 60, 86400, 86401, None]),
    ),
    step("look claim", {"worker": st.sampled_from([*WORKERS, ""])}),
    look_complete,
    step(
        "create token",
        {
            "name": st.sampled_from(["ci", "é", "a" * 65, "Ci"]),
            "digest": st.sampled_from(["1" * 64, "2" * 64, "A" * 64, "x"]),
            "scopes": st.sampled_from(SCOPES),
        },
        expires_seconds=st.sampled_from([None, 60, 0]),
        actor=text,
    ),
    step("revoke token", {"name": st.sampled_from(["ci", "Ci", "é"])}, actor=text),
    step("use token", {"api_token": st.one_of(row, st.just("x"))}),
    st.one_of(registry(), broken()).map(lambda r: {"do": "sync", "registry": r}),
)
