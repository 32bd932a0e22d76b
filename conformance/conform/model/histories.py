"""
Concurrent histories of one environment: threads call, connections are lost now and then.

Of the calls whose connection was lost, most are made again with the same command id until
there is an answer: one call, that took longer. The others stay without an answer. A file has
no connection to lose, so there a client forgets now and then to send, or to listen.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, cast

import psycopg

from conform.databases import Scratch
from conform.dialects.base import Connection, Row
from conform.model.linear import Operation

PLACE = {"fraise": "shop", "environment": "live"}
REGISTRY: dict[str, Any] = {
    "fraises": [
        {"name": "shop", "type": "api", "environments": [{"name": "live", "provider": "local"}]}
    ]
}


class ForgottenError(Exception):
    """A client does not know what became of its call."""


LOST = (psycopg.OperationalError, psycopg.InterfaceError, ForgottenError)
LEASE_SECONDS = 3600  # nothing expires while a history is made
READ = "SELECT status FROM tb_deployment WHERE id = :id"
LIMIT_SECONDS = 60.0
END_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@dataclass(slots=True)
class Shared:
    """What the threads of a history know of each other."""

    scratch: Scratch
    known: list[str] = field(default_factory=list[str])
    claims: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    history: list[Operation] = field(default_factory=list[Operation])
    problems: list[str] = field(default_factory=list[str])


def record(scratch: Scratch, seed: str, threads: int, calls: int, losses: int) -> list[Operation]:
    """
    One history in a database that was just installed.

    Raises:
        AssertionError: A thread failed in a way that no loss explains.
    """
    assert scratch.call("fn_sync_registry", registry=REGISTRY)["succeeded"]
    shared = Shared(scratch)
    clients = [Client(shared, random.Random(f"{seed} {n}"), n, calls) for n in range(threads)]
    running = [threading.Thread(target=each.run, daemon=True) for each in clients]
    for each in running:
        each.start()
    _disturb(shared, running, losses, random.Random(seed))
    for each in running:
        each.join(LIMIT_SECONDS)
    assert not any(each.is_alive() for each in running), "a call never came back"
    assert not shared.problems, shared.problems
    return shared.history


def _disturb(
    shared: Shared, running: list[threading.Thread], losses: int, by: random.Random
) -> None:
    """The server ends all connections, in the middle of whatever they are used for."""
    for _ in range(losses if shared.scratch.dialect == "postgresql" else 0):
        time.sleep(by.uniform(0.002, 0.02))
        if not any(each.is_alive() for each in running):
            return
        shared.scratch.execute(END_ALL)


class Client:
    """One thread: what it does is chance, what it is told is written down."""

    def __init__(self, shared: Shared, chance: random.Random, number: int, calls: int) -> None:
        self._shared = shared
        self._chance = chance
        self._number = number
        self._calls = calls
        self._made = 0
        self._connection = self._connect()

    def run(self) -> None:
        """All its calls; never raises."""
        try:
            for _ in range(self._calls):
                self._call(*self._choice())
        except Exception as reason:  # told by whoever started the thread
            self._shared.problems.append(f"{self._number}: {type(reason).__name__}: {reason}")
        finally:
            self._connection.close()

    def _connect(self) -> Connection:
        return self._shared.scratch.kind.connect(self._shared.scratch.url)

    def _choice(self) -> tuple[str, tuple[Any, ...]]:
        known, claims = self._shared.known[-4:], self._shared.claims[-3:]
        names = ["request", "claim"]
        names += ["claim one", "cancel", "read", "read"] if known else []
        names += ["heartbeat", "switch", "fail", "fail"] if claims else []
        name = self._chance.choice(names)
        if name in ("request", "claim"):
            return name, () if name == "request" else (None,)
        if name in ("heartbeat", "switch", "fail"):
            return name, self._chance.choice(claims)
        return name.split()[0], (self._chance.choice(known),)

    def _call(self, name: str, arguments: tuple[Any, ...]) -> None:
        self._made += 1
        command = f"{self._number}-{self._made}"
        called = time.monotonic_ns()
        patient = name == "request" or self._chance.random() < 0.7
        try:
            answer = self._until_answered(name, arguments, command, patient)
        except LOST:
            if name != "read":  # one without an answer says nothing
                self._note(Operation(name, arguments, called, process=self._number))
            return
        returned = time.monotonic_ns()
        self._note(Operation(name, arguments, called, returned, answer, self._number))
        if name == "request":
            self._shared.known.append(str(answer))
        if name == "claim" and not isinstance(answer, str):
            _, deployment, token = cast("tuple[str, str, int]", answer)
            self._shared.claims.append((deployment, token))

    def _until_answered(
        self, name: str, arguments: tuple[Any, ...], command: str, patient: bool
    ) -> Hashable:
        while True:
            try:
                return self._once(name, arguments, command)
            except LOST:
                self._leave()
                if not patient:
                    raise

    def _once(self, name: str, arguments: tuple[Any, ...], command: str) -> Hashable:
        forgetful = self._shared.scratch.dialect == "sqlite" and self._chance.random() < 0.05
        if forgetful and self._chance.random() < 0.5:
            raise ForgottenError("never sent")
        answer = MAKE[name](self._connection, command, arguments)
        if forgetful:
            raise ForgottenError("never heard")
        return answer

    def _leave(self) -> None:
        """This connection is of no use any more."""
        self._connection.close()
        self._connection = self._connect()

    def _note(self, operation: Operation) -> None:
        self._shared.history.append(operation)


Make = Callable[[Connection, str, tuple[Any, ...]], Hashable]


def _request(connection: Connection, command: str, _: tuple[Any, ...]) -> Hashable:
    return str(connection.call("fn_request_deployment", command, PLACE)["entity_id"])


def _claim(connection: Connection, command: str, arguments: tuple[Any, ...]) -> Hashable:
    given = {"worker": "w", "lease_seconds": LEASE_SECONDS, "deployment_id": arguments[0]}
    answer = connection.call("fn_claim_deployment", command, given)
    if answer["status_detail"] != "claimed":
        return str(answer["status_detail"])
    return "claimed", str(answer["entity_id"]), answer["metadata"]["fencing_token"]


def _report(function: str, **more: Any) -> Make:
    def make(connection: Connection, command: str, arguments: tuple[Any, ...]) -> Hashable:
        deployment, token = arguments
        given = {"deployment_id": deployment, "fencing_token": token, **more}
        return _told(connection.call(function, command, given))

    return make


def _told(answer: Row) -> Hashable:
    code = str(answer["status_detail"])
    if code in ("renewed", "recorded"):
        return code, answer["metadata"]["cancel_requested"]
    return code


def _cancel(connection: Connection, command: str, arguments: tuple[Any, ...]) -> Hashable:
    return _told(connection.call("fn_cancel_deployment", command, {"deployment_id": arguments[0]}))


def _read(connection: Connection, _: str, arguments: tuple[Any, ...]) -> Hashable:
    return str(connection.rows(READ, {"id": arguments[0]})[0]["status"])


MAKE: dict[str, Make] = {
    "request": _request,
    "claim": _claim,
    "heartbeat": _report("fn_heartbeat", worker="w", lease_seconds=LEASE_SECONDS),
    "switch": _report("fn_record_step", step="switch", state="started"),
    "fail": _report("fn_complete_deployment", status="failed", error_message="It."),
    "cancel": _cancel,
    "read": _read,
}
