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


class Follower:
    """Tells every step of one deployment from the event log: none twice, none left out."""

    def __init__(self, db: Database, deployment_id: str, listen: Listen) -> None:
        self._db = db
        self._deployment_id = deployment_id
        self._listen = listen
        self._after = 0

    def follow(self) -> dict[str, Any]:
        """
        Tell until the deployment has ended, or until no worker is there to end it.

        Returns it as it is then; called again it goes on from there.

        Raises:
            FraisierError: ``unknown-deployment``.
        """
        while True:
            deployment = read_deployment(self._db, self._deployment_id)
            self._tell()
            if deployment["outcome"] not in RUNNING or not self._somebody_works():
                return deployment
            self._db.wait(WAIT_SECONDS)

    def _tell(self) -> None:
        mine = {"entity_id": self._deployment_id}
        after = ("pk_event", self._after)
        for event in self._db.read("v_event", mine, order=("pk_event",), after=after):
            self._after = event["number"]
            if event["event_type"] == "deployment.step":
                self._listen({"event": "step", **event["payload"]})

    def _somebody_works(self) -> bool:
        return bool(self._db.read("v_worker", {"alive": True}, limit=1))
