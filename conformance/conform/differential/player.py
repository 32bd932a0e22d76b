"""Plays traces on one database at the SQL level, and tells what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from conform.dialects.base import decoded
from conform.differential.canonical import Canon
from conform.differential.clock import Clock
from conform.differential.contents import Types, answered, contents, show
from conform.differential.language import ASK, FUNCTIONS, PASS, REFERENCES, Step, Trace
from conform.differential.sql import AbortedError, Place
from conform.model.judge import violations

# What a newest claim is: of a notification by its id, of a repository by its fraise.
NEWEST = {
    "notify complete": "SELECT claim FROM tb_notification WHERE CAST(id AS TEXT) = '{0}'",
    "look complete": "SELECT r.claim FROM tb_reconcile r JOIN tb_fraise f"
    " ON f.pk_fraise = r.fk_fraise WHERE f.name = '{0}'",
}
TOKEN = """
SELECT l.fencing_token AS claim FROM tb_lease l JOIN tb_deployment d
    ON d.fk_environment = l.fk_environment WHERE CAST(d.id AS TEXT) = '{0}'
"""


@dataclass(slots=True)
class Played:
    """What a trace came to in one place, canonical."""

    answers: list[Any] = field(default_factory=list[Any])
    contents: Mapping[str, Any] = field(default_factory=dict[str, Any])
    violations: list[str] = field(default_factory=list[str])
    codes: list[str] = field(default_factory=list[str])
    seconds: float = 0.0


Play = Callable[[Trace], Played]


class SqlPlayer:
    """
    One database; ``types`` are PostgreSQL's, which say what is a truth and what is JSON.
    """

    def __init__(self, database: Place, types: Types) -> None:
        self.name = database.name
        self.database = database
        self._types = types
        self._clock = Clock(database.rows, database.name)

    def play(self, trace: Trace) -> Played:
        """From nothing to the end of the trace."""
        database, played, canon = self.database, Played(), Canon()
        database.begin()
        began = time.monotonic()
        for number, step in enumerate(trace.steps):
            canon.now()
            answer = self.do(number, step, canon)
            played.answers.append(answer)
            played.codes.append(_code(answer))
        self.end(played, canon)
        played.seconds = time.monotonic() - began
        return played

    def empty(self) -> None:
        """Whatever was done before is gone."""
        self.database.begin()

    def end(self, played: Played, canon: Canon) -> None:
        """What is there now, and what is wrong with it."""
        canon.now()
        played.contents = contents(self.database.all_rows, canon, self._types)
        played.violations = violations(self._decoded)

    def do(self, number: int, step: Step, canon: Canon) -> Any:
        """Carry one step out; its answer, canonical."""
        if step["do"] == PASS:
            self._clock.step(step["seconds"])
            return None
        if step["do"] == ASK:
            return show(self.database.all_rows, step["view"], canon, self._types)
        arguments = {"command_id": f"c{step.get('again', number)}", **self.arguments(step)}
        try:
            row = self.database.call(FUNCTIONS[step["do"]], arguments)
        except AbortedError:
            return "aborted"  # in whose words is the database's own business
        return canon.of(answered(row, self._types))

    def arguments(self, step: Step) -> dict[str, Any]:
        """The function's arguments, with references resolved by what is there."""
        given = {k: v for k, v in step.items() if k not in ("do", "again", "via")}
        for key, (name, table) in REFERENCES.items():
            if key in given:
                given[name] = self._row(table, given.pop(key))
        if "token" in given:
            owner = str(given.get("deployment_id"))
            given["fencing_token"] = self._claim(TOKEN, owner) + given.pop("token")
        if "claim" in given:
            key = "notification_id" if step["do"] == "notify complete" else "fraise"
            given["claim"] += self._claim(NEWEST[step["do"]], str(given.get(key)))
        return given

    def _row(self, table: str, reference: int | str | None) -> str | None:
        if not isinstance(reference, int):
            return reference
        found = self.database.rows(f"SELECT id FROM {table} ORDER BY pk_{table[3:]}")
        return str(found[reference % len(found)]["id"]) if found else "nothing"

    def _claim(self, sql: str, owner: str) -> int:
        found = self.database.rows(sql.format(owner.replace("'", "''")))
        return int(found[0]["claim"]) if found else 0

    def _decoded(self, sql: str) -> list[dict[str, Any]]:
        return [{k: decoded(v) for k, v in row.items()} for row in self.database.rows(sql)]


def _code(answer: Any) -> str:
    if isinstance(answer, dict):
        return str(cast("dict[str, Any]", answer)["status_detail"])
    return "aborted" if answer == "aborted" else ""
