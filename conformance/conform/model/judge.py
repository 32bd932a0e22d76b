"""What is wrong with the events and tables of a database, by everything that the suite knows."""

from __future__ import annotations

from conform import trace
from conform.model import log

EVENTS = "SELECT event_type, entity_type, entity_id, payload FROM tb_event ORDER BY pk_event"
STATUSES = "SELECT id, status FROM tb_deployment ORDER BY pk_deployment"


def violations(rows: trace.Rows, *, deployers: bool = False) -> list[str]:
    """
    Nothing when the log is complete, fits the machine and says the same as the tables.

    Read while nobody writes. ``deployers`` as in ``log.violations``.
    """
    statuses = {str(row["id"]): str(row["status"]) for row in rows(STATUSES)}
    by_machine = log.violations(rows(EVENTS), statuses, deployers=deployers)
    return [*trace.violations(rows), *by_machine]
