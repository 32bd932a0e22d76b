"""
The language of traces: commands as data, for whoever can carry them out.

A trace is a list of steps. A step is an object whose ``do`` names a verb; the other keys
are its arguments, named as in db/README.md. References stand for what differs from run to
run, and every runner resolves them by what is there:

- ``deployment``, ``webhook``, ``notification``, ``api_token``: a number counts the rows
  there are, from the oldest, round and round; a text is an id as it is;
- ``token``: what is added to the fencing token that the deployment's lease has;
- ``claim``: what is added to the newest claim of that notification or repository;
- ``again``: the number of an earlier step whose command id is used once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Step = Mapping[str, Any]
SQL = "sql"
SURFACE = "surface"
LEVELS = (SQL, SURFACE)

# Verb: the function that carries it out.
FUNCTIONS: Mapping[str, str] = {
    "sync": "fn_sync_registry",
    "deploy": "fn_request_deployment",
    "rollback": "fn_request_rollback",
    "push": "fn_process_webhook",
    "replay": "fn_replay_webhook",
    "cancel": "fn_cancel_deployment",
    "claim": "fn_claim_deployment",
    "heartbeat": "fn_heartbeat",
    "step": "fn_record_step",
    "release": "fn_record_release",
    "migration": "fn_record_migration",
    "complete": "fn_complete_deployment",
    "reap": "fn_reap_expired_leases",
    "health": "fn_record_health",
    "worker": "fn_record_worker",
    "notify claim": "fn_claim_notification",
    "notify complete": "fn_complete_notification",
    "look claim": "fn_claim_reconcile",
    "look complete": "fn_complete_reconcile",
    "create token": "fn_create_token",
    "revoke token": "fn_revoke_token",
    "use token": "fn_record_token_use",
}
# Verbs without a function: time goes by (or back), and a view or a surface is asked.
PASS = "pass"
ASK = "ask"
# The surface level begins with a configuration: the keys of fraises.yaml.
CONFIGURE = "configure"
VERBS = frozenset({*FUNCTIONS, PASS, ASK, CONFIGURE})
# What one reference becomes: the argument's name, and the table whose rows it counts.
REFERENCES: Mapping[str, tuple[str, str]] = {
    "deployment": ("deployment_id", "tb_deployment"),
    "webhook": ("webhook_id", "tb_webhook_event"),
    "notification": ("notification_id", "tb_notification"),
    "api_token": ("token_id", "tb_api_token"),
}


@dataclass(frozen=True, slots=True)
class Trace:
    """What is done, for which level, and what it once showed."""

    steps: Sequence[Step]
    level: str = SQL
    about: str = ""

    def without(self, start: int, stop: int) -> Trace:
        """A shorter one. References to command ids of steps that are gone are dropped."""
        gone = stop - start
        kept: list[Step] = []
        for number, step in enumerate(self.steps):
            if start <= number < stop:
                continue
            again = step.get("again")
            changed = dict(step)
            if again is not None and start <= again < stop:
                del changed["again"]
            elif again is not None and again >= stop:
                changed["again"] = again - gone
            kept.append(changed)
        return Trace(kept, self.level, self.about)


def problems(trace: Trace) -> list[str]:
    """What no runner would understand."""
    found = [
        f"step {n}: {s.get('do')!r}" for n, s in enumerate(trace.steps) if s.get("do") not in VERBS
    ]
    found += [
        f"step {n} repeats step {s['again']}"
        for n, s in enumerate(trace.steps)
        if s.get("again") is not None and not 0 <= s["again"] < n
    ]
    if trace.level not in LEVELS:
        found.append(f"level {trace.level!r}")
    return found


def read(path: Path) -> Trace:
    """
    The trace of a file.

    Raises:
        ValueError: It says something that no runner understands.
    """
    document: dict[str, Any] = yaml.safe_load(path.read_text())
    trace = Trace(document["steps"], document["level"], document.get("about", ""))
    wrong = problems(trace)
    if wrong:
        raise ValueError(f"{path.name}: {', '.join(wrong)}")
    return trace


def write(trace: Trace, path: Path) -> None:
    """Save a trace so that ``read`` reads it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"about": trace.about, "level": trace.level, "steps": [dict(s) for s in trace.steps]}
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100))
