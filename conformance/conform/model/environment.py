"""One environment as its clients see it: what each call answers, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conform.model.linear import Operation

ENDED = "deployment-finished"
LOST = "lease-lost"


@dataclass(frozen=True, slots=True)
class Environment:
    """What waits, what is at work under which token, and how the others have ended."""

    waiting: str | None = None
    active: str | None = None
    token: int = 0
    cancelling: bool = False
    switched: bool = False
    ended: frozenset[tuple[str, str]] = frozenset()

    def status(self, deployment: Hashable) -> str | None:
        """The status of a deployment, None when there is none of this id."""
        if deployment == self.waiting:
            return "pending"
        if deployment == self.active:
            return "in_progress"
        return dict(self.ended).get(str(deployment))

    def without_active(self, status: str) -> Environment:
        """What was at work has ended so."""
        assert self.active is not None
        ended = self.ended | {(self.active, status)}
        return replace(self, active=None, cancelling=False, switched=False, ended=ended)


Result = tuple[Environment, Hashable]


def apply(state: Any, operation: Operation) -> tuple[Hashable, Hashable]:
    """The state and the answer after a call, which nobody disturbs."""
    return _CALLS[operation.name](state, operation)


def _request(state: Environment, operation: Operation) -> Result:
    """The id of the new one is chance: it is the one that was answered, or the call's own."""
    made = str(operation.answer) if operation.returned is not None else f"? {operation.called}"
    ended = state.ended
    if state.waiting is not None:
        ended = ended | {(state.waiting, "superseded")}
    return replace(state, waiting=made, ended=ended), made


def _claim(state: Environment, operation: Operation) -> Result:
    (wanted,) = operation.arguments
    free = state.active is None and state.waiting is not None
    if not free or wanted not in (None, state.waiting):
        unknown = wanted is not None and state.status(wanted) is None
        refusal = "unknown-deployment" if unknown else "not-claimable"
        return state, "nothing-to-claim" if wanted is None else refusal
    taken = replace(state, active=state.waiting, waiting=None, token=state.token + 1)
    return taken, ("claimed", taken.active, taken.token)


def _refused(state: Environment, operation: Operation) -> str | None:
    """Why a worker may not report on a deployment, if so."""
    deployment, token = operation.arguments[:2]
    status = state.status(deployment)
    if status is None:
        return "unknown-deployment"
    if status not in ("pending", "in_progress"):
        return ENDED
    return None if deployment == state.active and token == state.token else LOST


def _heartbeat(state: Environment, operation: Operation) -> Result:
    return state, _refused(state, operation) or ("renewed", state.cancelling)


def _switch(state: Environment, operation: Operation) -> Result:
    refused = _refused(state, operation)
    if refused:
        return state, refused
    if state.cancelling and not state.switched:
        return state, "cancel-requested"
    return replace(state, switched=True), ("recorded", state.cancelling)


def _fail(state: Environment, operation: Operation) -> Result:
    refused = _refused(state, operation)
    return (state, refused) if refused else (state.without_active("failed"), "completed")


def _cancel(state: Environment, operation: Operation) -> Result:
    status = state.status(operation.arguments[0])
    if status == "pending":
        ended = state.ended | {(str(state.waiting), "cancelled")}
        return replace(state, waiting=None, ended=ended), "cancelled"
    if status != "in_progress":
        return state, ENDED if status else "unknown-deployment"
    if state.switched:
        return state, "past-point-of-no-return"
    return replace(state, cancelling=True), "cancel-requested"


def _read(state: Environment, operation: Operation) -> Result:
    return state, state.status(operation.arguments[0])


_CALLS: Mapping[str, Callable[[Environment, Operation], Result]] = {
    "request": _request,
    "claim": _claim,
    "heartbeat": _heartbeat,
    "switch": _switch,
    "fail": _fail,
    "cancel": _cancel,
    "read": _read,
}
