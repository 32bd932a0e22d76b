"""Watch a deployment that somebody else carries out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fraisier.db import Database
from fraisier.domain.errors import FraisierError

WAIT_SECONDS = 1.0
RUNNING = ("pending", "in_progress")

Listen = Callable[[Mapping[str, Any]], None]


def read_deployment(db: Database, deployment_id: str) -> dict[str, Any]:
    """
    The deployment as ``v_deployment`` shows it.

    Raises:
        FraisierError: ``unknown-deployment``.
    """
    rows = db.read("v_deployment", {"id": deployment_id}, limit=1)
    if not rows:
        raise FraisierError(
            f'No deployment has the id "{deployment_id}".', code="unknown-deployment"
        )
    return rows[0]


def follow_deployment(
    db: Database, deployment_id: str, listen: Listen, after: int = 0
) -> dict[str, Any]:
    """
    Tell every step from the event log, from number ``after`` on, until the deployment
    has ended; return it. Nothing is told twice, nothing is left out.

    Raises:
        FraisierError: ``unknown-deployment``.
    """
    while True:
        deployment = read_deployment(db, deployment_id)
        events = db.read(
            "v_event", {"entity_id": deployment_id}, order=("pk_event",), after=("pk_event", after)
        )
        for event in events:
            after = event["number"]
            if event["event_type"] == "deployment.step":
                listen({"event": "step", **event["payload"]})
        if deployment["outcome"] not in RUNNING:
            return deployment
        db.wait(WAIT_SECONDS)
