"""
The event log judged against the state machine of a deployment (``spec/lifecycle.yaml``).

Read-only, through the shared schema. What is found is told as sentences; none means that
the log is complete and says the same as the tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

Row = Mapping[str, Any]
Rows = Callable[[str], list[dict[str, Any]]]

ENDS = ("success", "failed", "rolled_back", "cancelled", "superseded")
CLAIMS = ("deployment.started", "deployment.taken_over")
EVENTS = "SELECT pk_event, event_type, entity_id, payload FROM tb_event ORDER BY pk_event"
DEPLOYMENTS = """
SELECT d.pk_deployment, d.id, d.fraise, d.environment, d.status, d.attempt, d.superseded_by,
       r.status AS request FROM tb_deployment d
  JOIN tb_deployment_request r ON r.pk_deployment_request = d.fk_request ORDER BY d.pk_deployment
"""
OPEN_STEPS = """
SELECT d.id, s.step FROM tb_deployment_step s
  JOIN tb_deployment d ON d.pk_deployment = s.fk_deployment
 WHERE s.state = 'started' AND d.status NOT IN ('pending', 'in_progress')
"""
LEASES = """
SELECT d.id FROM tb_lease l JOIN tb_deployment d ON d.pk_deployment = l.fk_deployment
 WHERE l.released_at IS NULL AND d.status <> 'in_progress'
"""


def violations(rows: Rows) -> list[str]:
    """Everything in the log and the tables that cannot be, read in one go while nobody writes."""
    deployments = rows(DEPLOYMENTS)
    logs: dict[str, list[Row]] = defaultdict(list)
    for event in rows(EVENTS):
        logs[str(event["entity_id"])].append(event)
    found = [text for row in deployments for text in _of_deployment(row, logs[str(row["id"])])]
    found += [f"{r['id']}: its step {r['step']} never ended" for r in rows(OPEN_STEPS)]
    found += [f"{r['id']}: it has ended and holds a lease" for r in rows(LEASES)]
    places = {(row["fraise"], row["environment"]) for row in deployments}
    for place in sorted(places):
        own = [row for row in deployments if (row["fraise"], row["environment"]) == place]
        found += [f"{'/'.join(place)}: {text}" for text in _of_place(own, logs)]
    return found


def _of_deployment(row: Row, log: list[Row]) -> Iterator[str]:
    """One deployment: its events in their order, and that they end where the row is."""
    kinds = [str(event["event_type"]).removeprefix("deployment.") for event in log]
    kinds = [kind for kind in kinds if kind in NEXT]
    for text in (*_order(kinds), *_end(row, kinds, log), *_steps(log)):
        yield f"{row['id']} ({row['status']}): {text}"
    if row["status"] == "superseded" and not row["superseded_by"]:
        yield f"{row['id']}: superseded by nobody"
    if row["request"] != REQUESTS[row["status"]]:
        yield f"{row['id']} is {row['status']} and its request {row['request']}"


NEXT: Mapping[str, frozenset[str]] = {
    "": frozenset({"requested"}),
    "requested": frozenset({"superseded", "completed", "started"}),
    "started": frozenset({"step", "taken_over", "completed", "cancel_requested"}),
    "taken_over": frozenset({"step", "taken_over", "completed", "cancel_requested"}),
    "step": frozenset({"step", "taken_over", "completed", "cancel_requested"}),
    "cancel_requested": frozenset({"step", "taken_over", "completed"}),
    "superseded": frozenset(),
    "completed": frozenset(),
}
REQUESTS = {
    "pending": "pending",
    "in_progress": "processing",
    "success": "completed",
    "superseded": "superseded",
    "cancelled": "cancelled",
    "failed": "failed",
    "rolled_back": "failed",
}


def _order(kinds: list[str]) -> Iterator[str]:
    for before, after in pairwise(["", *kinds]):
        if after not in NEXT[before]:
            yield f"{after} comes after {before or 'nothing'}"


def _end(row: Row, kinds: list[str], log: list[Row]) -> Iterator[str]:
    last = kinds[-1] if kinds else "nothing"
    expected = {"pending": ("requested",), "superseded": ("superseded",)}
    if row["status"] == "in_progress":
        if last in ("requested", "superseded", "completed"):
            yield f"its log ends with {last}"
    elif last not in expected.get(row["status"], ("completed",)):
        yield f"its log ends with {last}"
    told = [e["payload"]["status"] for e in log if e["event_type"] == "deployment.completed"]
    if told and told != [row["status"]]:
        yield f"its log says {told}"


def _steps(log: Iterable[Row]) -> Iterator[str]:
    """A step belongs to the attempt of the last claim, and ends once after it has begun."""
    attempt, states = 0, dict[tuple[int, str], str]()
    for event in log:
        payload = event["payload"]
        if event["event_type"] in CLAIMS:
            if payload["attempt"] != attempt + 1:
                yield f"attempt {payload['attempt']} comes after {attempt}"
            attempt = payload["attempt"]
        if event["event_type"] != "deployment.step":
            continue
        step, state = payload["step"], payload["state"]
        if payload["attempt"] != attempt:
            yield f"{step} {state} of attempt {payload['attempt']} comes late, in {attempt}"
        before = states.get((attempt, step))
        if before not in {"started": (None, "started"), "skipped": (None,)}.get(
            state, ("started",)
        ):
            yield f"{step} {state} comes after {before or 'nothing'}"
        states[attempt, step] = state


def _of_place(rows: Sequence[Row], logs: Mapping[str, list[Row]]) -> Iterator[str]:
    """One environment: one at a time, in the order of the requests, with growing tokens."""
    events = sorted(
        ((event, row) for row in rows for event in logs[str(row["id"])]),
        key=lambda pair: pair[0]["pk_event"],
    )
    token, newest, active = 0, 0, ""
    for event, row in events:
        kind, payload = event["event_type"], event["payload"]
        if kind in CLAIMS:
            if payload["fencing_token"] <= token:
                yield f"the token {payload['fencing_token']} comes after {token}"
            token = payload["fencing_token"]
        if kind == "deployment.started":
            if active:
                yield f"{row['id']} starts while {active} runs"
            if row["pk_deployment"] < newest:
                yield f"{row['id']} starts after a newer one"
            active, newest = str(row["id"]), row["pk_deployment"]
        if kind == "deployment.completed" and active == str(row["id"]):
            active = ""
    ids = {str(row["id"]): row["pk_deployment"] for row in rows}
    for row in rows:
        by = str(row["superseded_by"] or "")
        if by and ids.get(by, 0) <= row["pk_deployment"]:
            yield f"{row['id']} is superseded by {by}, which is not newer"
