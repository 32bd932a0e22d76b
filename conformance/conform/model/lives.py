"""One deployment as the machine sees it, and what each call may do to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from conform.model.machine import Machine, Transition


@dataclass(frozen=True, slots=True)
class Life:
    """Where a deployment stands, with the facts that guards ask about."""

    state: str
    attempt: int = 0
    expired: bool = False
    recorded: bool = False
    cancelling: bool = False
    switched: bool = False
    newer: bool = False  # something waits behind it


# The guards of the specification, in its words.
GUARDS: Mapping[str, Callable[[Life, Machine], bool]] = {
    "the lease expired and attempts are left": lambda life, machine: (
        life.expired and life.attempt < machine.attempts_max
    ),
    "the lease expired after the last attempt": lambda life, machine: (
        life.expired and life.attempt >= machine.attempts_max
    ),
    "a release is recorded": lambda life, machine: life.recorded,
    "a cancel was requested": lambda life, machine: life.cancelling,
}


@dataclass(frozen=True, slots=True)
class Call:
    """A function that is called on a deployment, and the state that it aims at, if any."""

    name: str
    function: str
    aim: str | None = None


CALLS = (
    Call("claim", "fn_claim_deployment", "in_progress"),
    Call("heartbeat", "fn_heartbeat"),
    Call("step", "fn_record_step"),
    Call("switch", "fn_record_step"),
    Call("release", "fn_record_release"),
    Call("migration", "fn_record_migration"),
    Call("cancel", "fn_cancel_deployment", "cancelled"),
    Call("success", "fn_complete_deployment", "success"),
    Call("failed", "fn_complete_deployment", "failed"),
    Call("rolled_back", "fn_complete_deployment", "rolled_back"),
    Call("cancelled", "fn_complete_deployment", "cancelled"),
    Call("reap", "fn_reap_expired_leases", "failed"),
    Call("newer", "fn_request_deployment", "superseded"),
)
# The lease's time goes by: no call, but something that happens.
EXPIRE = Call("expire", "")
UNAIMED = frozenset({"reap", "newer"})  # they name no deployment, and are never refused


def transition(life: Life, call: Call, machine: Machine) -> Transition | None:
    """The transition that the specification allows, if any."""
    for each in machine.transitions:
        wanted = each.when is None or GUARDS[each.when](life, machine)
        if (each.source, each.target) == (life.state, call.aim) and call.function in each.functions:
            return each if wanted else None
    return None


def after(life: Life, call: Call, machine: Machine) -> Life | None:
    """The life after a call; None when it has to be refused without a trace."""
    if call is EXPIRE:
        return replace(life, expired=True) if life.state == "in_progress" else life
    found = transition(life, call, machine)
    if found:
        return _moved(life, call, found)
    if call.name in UNAIMED:
        return replace(life, newer=True) if call.name == "newer" else life
    return _reported(life, call) if life.state == "in_progress" else None


def _moved(life: Life, call: Call, found: Transition) -> Life:
    if call.name == "claim":
        return replace(life, state=found.target, attempt=life.attempt + 1, expired=False)
    newer = life.newer or call.name == "newer"
    return replace(life, state=found.target, expired=False, newer=newer)


def _reported(life: Life, call: Call) -> Life | None:
    """What the holder of the lease says, and the wish to end it."""
    if call.name == "heartbeat":
        return replace(life, expired=False)
    if call.name == "release":
        return replace(life, recorded=True)
    if call.name == "migration":
        return life if life.recorded else None
    if call.name == "cancel":
        return None if life.switched else replace(life, cancelling=True)
    if call.name == "switch":
        return None if life.cancelling and not life.switched else replace(life, switched=True)
    return life if call.name == "step" else None
