"""Claim one deployment and carry it out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from fraisier.db import Database, refuse
from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.operations.claim import Claim
from fraisier.operations.endings import HandedOverError, LeaseLostError
from fraisier.operations.follow import RUNNING, read_deployment
from fraisier.operations.insisting import Insisting
from fraisier.operations.lease import Lease
from fraisier.operations.parts import Application
from fraisier.operations.pipeline import Pipeline
from fraisier.operations.record import Record

HANDOVER_SECONDS = 1
TAKEN_OVER = "another worker has taken the deployment over"

Listen = Callable[[Mapping[str, Any]], None]


def _silent(_: Mapping[str, Any]) -> None:
    """The listener of those who do not listen."""


def carry_out(
    app: Application,
    db: Database,
    worker: str,
    lease_seconds: int,
    deployment_id: str | None = None,
    listen: Listen | None = None,
    stop: threading.Event | None = None,
) -> dict[str, Any] | None:
    """
    Claim a deployment (the one named, else the oldest), take it to its end, return it.

    ``None`` when nothing can be claimed. The returned deployment has ended, unless
    the lease was lost or ``stop`` was set: then another worker takes it over. When
    the one named waits behind a deployment whose worker is dead, that is finished first.

    ``listen`` gets ``claimed``, ``step``, ``log`` and ``result`` events as they happen.

    Raises:
        FraisierError: ``unknown-deployment``, ``not-claimable``, and the database's codes.

    SQL: fn_claim_deployment
    """
    listen = listen or _silent
    stop = stop or threading.Event()
    claim = _claim(app, db, worker, lease_seconds, deployment_id, stop)
    if claim is None:
        return None
    listen({"event": "claimed", "deployment": claim.deployment})
    _work_off(app, db, claim, listen, stop)
    deployment = read_deployment(db, claim.deployment_id)
    listen(_result(deployment))
    return deployment


def _claim(
    app: Application,
    db: Database,
    worker: str,
    lease_seconds: int,
    deployment_id: str | None,
    stop: threading.Event,
) -> Claim | None:
    db.call("fn_reap_expired_leases")
    wish: dict[str, Any] = {"worker": worker, "lease_seconds": lease_seconds}
    answer = db.call("fn_claim_deployment", **wish, deployment_id=deployment_id)
    if deployment_id is not None and answer.status_detail == "not-claimable":
        _clear_the_way(app, db, deployment_id, wish, stop)
    if refuse(answer).status_detail == "nothing-to-claim":
        return None
    return Claim.of(answer, worker, lease_seconds)


def _clear_the_way(
    app: Application,
    db: Database,
    deployment_id: str,
    wish: Mapping[str, Any],
    stop: threading.Event,
) -> None:
    """Finish what a dead worker left in the environment that the deployment waits for."""
    place = read_deployment(db, deployment_id)
    where = {"fraise": place["fraise"], "environment": place["environment"]}
    for row in db.read("v_deployment", {**where, "status": "in_progress"}):
        answer = db.call("fn_claim_deployment", **wish, deployment_id=row["id"])
        if answer.succeeded:
            claim = Claim.of(answer, wish["worker"], wish["lease_seconds"])
            _work_off(app, db, claim, _silent, stop)


def _work_off(
    app: Application, db: Database, claim: Claim, listen: Listen, stop: threading.Event
) -> None:
    insisting = Insisting(db, claim.lease_seconds, stop)
    record = Record(insisting, claim, app.config.secrets, listen)
    with Lease(app, claim) as lease:
        try:
            Pipeline(app, insisting, claim, lease, record, stop).run()
        except LeaseLostError as error:
            listen({"event": "log", "line": str(error) or TAKEN_OVER})
        except HandedOverError:
            lease.hand_over(db, HANDOVER_SECONDS)
            listen({"event": "log", "line": "the deployment is left to the next worker"})
        except FraisierError:
            raise
        except Exception as error:  # a fault in Fraisier ends one deployment, not the worker
            _give_up(app, record, error)


def _give_up(app: Application, record: Record, error: Exception) -> None:
    text = redact(f"{type(error).__name__}: {error}", app.config.secrets)
    try:
        record.completed("failed", health="unknown", error=FraisierError(text, code="internal"))
    except LeaseLostError:
        return


def _result(deployment: dict[str, Any]) -> dict[str, Any]:
    """The ``result`` event of ``spec/cli.yaml``."""
    outcome = deployment["outcome"]
    code, message = deployment.get("error_code"), deployment.get("error_message")
    failed = outcome not in (*RUNNING, "success")
    shown = {"code": code or outcome, "message": message or outcome}
    return {
        "event": "result",
        "success": outcome == "success",
        **shown,
        "deployment": deployment,
        "error": {**shown, "at": None, "hint": None} if failed else None,
    }
