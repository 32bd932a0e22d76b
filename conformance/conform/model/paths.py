"""
Every path through the machine to a depth, walked on a database.

At each place every call is tried, also those that must be refused; those that may move the
life are followed. A database that goes back to where it was makes that cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from conform.dialects.base import decoded
from conform.differential.clock import Clock
from conform.differential.sql import Database
from conform.model.judge import violations
from conform.model.lives import CALLS, EXPIRE, UNAIMED, Call, Life, after, transition
from conform.model.machine import Machine, machine

PLACE = {"fraise": "shop", "environment": "live"}
REGISTRY: dict[str, Any] = {
    "fraises": [
        {"name": "shop", "type": "api", "environments": [{"name": "live", "provider": "local"}]}
    ]
}
COMMIT = "a" * 40
LEASE_SECONDS = 60


@dataclass(slots=True)
class Walk:
    """One walk; ``found`` are the places where the database does not do what the machine says."""

    database: Database
    merge: bool = False  # a life that was lived before is not lived again
    paths: int = 0
    calls: int = 0
    found: list[str] = field(default_factory=list[str])
    model: Machine = field(default_factory=machine)
    _seen: set[Life] = field(default_factory=set[Life])
    _subject: str = ""

    @property
    def lives(self) -> int:
        """How many different ones there were."""
        return len(self._seen)

    def walk(self, depth: int) -> None:
        """From a request on, so many calls deep."""
        database = self.database
        database.begin()
        self._call("fn_sync_registry", registry=REGISTRY)
        self._subject = str(
            self._call("fn_request_deployment", **PLACE, git_commit=COMMIT)["entity_id"]
        )
        self._at(Life(self.model.initial), depth, ())
        database.begin()

    def _at(self, life: Life, depth: int, path: tuple[str, ...]) -> None:
        if self.merge and life in self._seen:
            return
        self._seen.add(life)
        moved = False
        for call in (*CALLS, EXPIRE):
            self.database.save()
            following = self._try(life, call, path)
            if following not in (None, life) and depth > 1:
                moved = True
                assert following is not None
                self._at(following, depth - 1, (*path, call.name))
            self.database.back()
        if not moved:
            self.paths += 1
            told = violations(lambda sql: _decoded(self.database.rows(sql)))
            self.found += [f"{self._told(path)}: {text}" for text in told]

    def _try(self, life: Life, call: Call, path: tuple[str, ...]) -> Life | None:
        """Make one call and compare; the life that follows."""
        expected = after(life, call, self.model)
        if call is EXPIRE:
            Clock(self.database.rows, self.database.name).step(LEASE_SECONDS + 10)
            return expected
        before = self._events()
        answer = _MAKE[call.name](self)
        where = self._told((*path, call.name))
        wanted = expected is not None or call.name in UNAIMED
        if bool(answer["succeeded"]) != wanted:
            said = "is taken" if answer["succeeded"] else "is refused"
            self.found.append(f"{where} {said}: {answer['message']}")
            return None
        self.found += [f"{where}: {text}" for text in self._differs(life, call, expected, before)]
        return expected

    def _differs(self, life: Life, call: Call, expected: Life | None, before: int) -> Iterator[str]:
        state = self._state()
        if state != (expected or life).state:
            yield f"it is {state}, not {(expected or life).state}"
        logged = [row["event_type"] for row in self._log()][before:]
        found = transition(life, call, self.model)
        if found and found.event not in logged:
            yield f"no {found.event}"
        if expected is None and logged:
            yield f"refused, and yet {logged}"

    def _state(self) -> str:
        return str(self._row("SELECT status FROM tb_deployment WHERE id = '{0}'")["status"])

    def _log(self) -> list[dict[str, Any]]:
        query = "SELECT event_type FROM tb_event WHERE entity_id = '{0}' ORDER BY pk_event"
        return self.database.rows(query.format(self._subject))

    def _events(self) -> int:
        return len(self._log())

    def _row(self, sql: str) -> dict[str, Any]:
        return self.database.rows(sql.format(self._subject))[0]

    def _told(self, path: tuple[str, ...]) -> str:
        return " ".join(("request", *path))

    def call_on(self, function: str, **arguments: Any) -> dict[str, Any]:
        """Call a function on the deployment."""
        return self._call(function, deployment_id=self._subject, **arguments)

    def report(self, function: str, **arguments: Any) -> dict[str, Any]:
        """Call a function as the holder of its newest token does."""
        rows = self.database.rows("SELECT fencing_token FROM tb_lease")
        token = rows[0]["fencing_token"] if rows else 0
        return self.call_on(function, fencing_token=token, **arguments)

    def _call(self, function: str, **arguments: Any) -> dict[str, Any]:
        self.calls += 1
        return self.database.call(function, {"command_id": f"c{self.calls}", **arguments})

    def plain(self, function: str, **arguments: Any) -> dict[str, Any]:
        """Call a function that names no deployment."""
        return self._call(function, **arguments)


def _complete(status: str) -> Callable[[Walk], dict[str, Any]]:
    return lambda walk: walk.report("fn_complete_deployment", status=status, error_message="It.")


_MAKE: dict[str, Callable[[Walk], dict[str, Any]]] = {
    "claim": lambda w: w.call_on("fn_claim_deployment", worker="w", lease_seconds=LEASE_SECONDS),
    "heartbeat": lambda w: w.report("fn_heartbeat", worker="w", lease_seconds=LEASE_SECONDS),
    "step": lambda w: w.report("fn_record_step", step=f"s{w.calls}", state="skipped"),
    "switch": lambda w: w.report("fn_record_step", step="switch", state="started"),
    "release": lambda w: w.report("fn_record_release", version="1", git_commit=COMMIT),
    "migration": lambda w: w.report(
        "fn_record_migration", migration_head="1", backward_compatible=True
    ),
    "cancel": lambda w: w.call_on("fn_cancel_deployment"),
    "success": _complete("success"),
    "failed": _complete("failed"),
    "rolled_back": _complete("rolled_back"),
    "cancelled": _complete("cancelled"),
    "reap": lambda w: w.plain("fn_reap_expired_leases"),
    "newer": lambda w: w.plain("fn_request_deployment", **PLACE, git_commit="b" * 40),
}


def _decoded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: decoded(value) for key, value in row.items()} for row in rows]
