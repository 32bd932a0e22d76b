"""Event logs judged by the machine: every event a transition, or a report of who is at work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conform.model.machine import COMPLETED, Machine, machine

Row = Mapping[str, Any]

REQUESTED = "deployment.requested"
CLAIMED = frozenset({"deployment.started", "deployment.taken_over"})
STEP = "deployment.step"
# Where an event that tells of a transition leads, when it does not say so itself.
LEADS = {
    "deployment.started": "in_progress",
    "deployment.taken_over": "in_progress",
    "deployment.superseded": "superseded",
}


def violations(
    events: Sequence[Row], statuses: Mapping[str, str], *, deployers: bool = False
) -> list[str]:
    """
    What is wrong with a log; ``statuses`` are the deployments' at its end, by id.

    ``deployers`` says that every step was reported by a deployer, who has no names and no
    order of his own.
    """
    model = machine()
    found = [text for event in events for text in _form(event, model)]
    logs: dict[str, list[Row]] = {identity: [] for identity in statuses}
    for event in events:
        if event["event_type"] in model.events and _of_deployment(event["event_type"], model):
            logs.setdefault(str(event["entity_id"]), []).append(event)
    for identity, log in logs.items():
        ended = statuses.get(identity)
        found += [f"{identity} ({ended}): {text}" for text in _life(log, ended, model)]
        if deployers:
            found += [f"{identity} ({ended}): {text}" for text in _ordered(log, model)]
    return found


def _of_deployment(kind: str, model: Machine) -> bool:
    return model.events[kind]["entity"] == "Deployment"


def _form(event: Row, model: Machine) -> Iterator[str]:
    """Every event is one that the specification names, with its entity and its keys."""
    kind = str(event["event_type"])
    wanted = model.events.get(kind)
    if wanted is None:
        yield f"there is no event {kind}"
        return
    if "entity_type" in event and event["entity_type"] != wanted["entity"]:
        yield f"{kind} is about {event['entity_type']}"
    if set(event["payload"]) != set(wanted["payload"]):
        yield f"{kind} has the keys {sorted(event['payload'])}"


def _life(log: Sequence[Row], ended: str | None, model: Machine) -> Iterator[str]:
    """The events of one deployment lead from the first state to where it stands."""
    if ended is None:
        yield "there is no such deployment"
        return
    state, attempt = "", 0
    for event in log:
        kind, payload = str(event["event_type"]), event["payload"]
        told = _next(state, kind, payload, model)
        if told is None:
            yield f"{_words(kind, payload)} comes while it is {state or 'unknown'}"
            continue
        if kind in CLAIMED:
            attempt += 1
            if attempt > model.attempts_max:
                yield f"attempt {attempt} of {model.attempts_max}"
        state = told
    if state != ended:
        yield f"its log ends in {state or 'nothing'}"


def _next(state: str, kind: str, payload: Mapping[str, Any], model: Machine) -> str | None:
    """Where an event leads; None when it may not come now."""
    if not state:
        return model.initial if kind == REQUESTED else None
    if kind in model.moving:
        target = str(payload.get("status")) if kind == COMPLETED else LEADS[kind]
        return target if model.ways(state, kind, target) else None
    return state if state == "in_progress" and kind != REQUESTED else None


def _words(kind: str, payload: Mapping[str, Any]) -> str:
    return f"{kind} ({payload.get('status')})" if kind == COMPLETED else kind


def _ordered(log: Sequence[Row], model: Machine) -> Iterator[str]:
    """In every attempt the steps begin in the order of the specification."""
    places = {name: number for number, name in enumerate(model.steps)}
    newest: dict[int, int] = defaultdict(int)
    for event in log:
        if event["event_type"] != STEP:
            continue
        step, attempt = event["payload"]["step"], event["payload"]["attempt"]
        if step not in places:
            yield f"there is no step {step}"
        elif places[step] < newest[attempt]:
            yield f"{step} comes after {list(places)[newest[attempt]]} in attempt {attempt}"
        else:
            newest[attempt] = places[step]
