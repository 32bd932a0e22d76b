"""The PostgreSQL dialect: migrating, answering FraiseQL's row, and calls that race."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from conform.databases import Scratch, installed

DB = Path(__file__).resolve().parents[1]
HOME = DB / "postgresql"
SERVER = os.environ.get("FRAISIER_TEST_POSTGRESQL_URL", "")
FUNCTIONS = sorted(path.stem for path in (HOME / "functions").glob("fn_*.sql"))
COMMIT = "a" * 40
RESPONSE = [
    ("succeeded", "boolean"),
    ("state_changed", "boolean"),
    ("error_class", "text"),
    ("status_detail", "text"),
    ("http_status", "smallint"),
    ("message", "text"),
    ("entity_id", "uuid"),
    ("entity_type", "text"),
    ("entity", "jsonb"),
    ("updated_fields", "text[]"),
    ("cascade", "jsonb"),
    ("error_detail", "jsonb"),
    ("metadata", "jsonb"),
]
NAMES = ("shop", "mail", "cron")
REGISTRY = {
    "fraises": [
        {"name": name, "type": "api", "environments": [{"name": "live", "provider": "local"}]}
        for name in NAMES
    ],
    "branch_mapping": [
        {"branch": branch, "fraise": name, "environment": "live"}
        for branch, names in (("main", NAMES), ("next", reversed(NAMES)))
        for name in names
    ],
}
SHOP = {"fraise": "shop", "environment": "live"}
CHANNELS = [{"name": name, "events": ["started"]} for name in ("chat", "alarm")]
pytestmark = pytest.mark.skipif(not SERVER, reason="FRAISIER_TEST_POSTGRESQL_URL is unset")


@pytest.fixture(scope="module")
def template() -> Iterator[Scratch]:
    """An installed database with the registry, to be copied."""
    scratch = installed("postgresql", SERVER, DB.parent)
    scratch.call("fn_sync_registry", registry=REGISTRY)
    yield scratch
    scratch.drop()


@pytest.fixture
def database(template: Scratch) -> Iterator[Scratch]:
    """A database of the test's own."""
    scratch = template.clone()
    yield scratch
    scratch.drop()


def at_once(scratch: Scratch, *calls: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers to calls that are made at the same moment, each on its own connection."""
    start = threading.Barrier(len(calls))

    def make(number: int, function: str, arguments: dict[str, Any]) -> dict[str, Any]:
        connection = scratch.another_connection()
        try:
            given = dict(arguments)
            command_id = given.pop("command_id", f"racer-{number}")
            start.wait(timeout=30)
            return connection.call(function, command_id, given)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        running = [pool.submit(make, number, *call) for number, call in enumerate(calls)]
        return [each.result(timeout=60) for each in running]


def details(answers: list[dict[str, Any]]) -> list[str]:
    """The outcomes, sorted."""
    return sorted(answer["status_detail"] for answer in answers)


def claim(**more: Any) -> tuple[str, dict[str, Any]]:
    """A call that claims."""
    return "fn_claim_deployment", {"worker": "w", "lease_seconds": 60, **more}


def claim_notification() -> tuple[str, dict[str, Any]]:
    """A call that claims a notification."""
    return "fn_claim_notification", {"worker": "w", "lease_seconds": 60}


def reconciled(scratch: Scratch) -> None:
    """Turn reconciling on, for fraises with the one rule ``main`` each."""
    fraises = [
        fraise | {"repository": "https://forge.example/x.git", "reconcile": True}
        for fraise in REGISTRY["fraises"]
    ]
    rules = [{"branch": "main", "fraise": name, "environment": "live"} for name in NAMES]
    scratch.call("fn_sync_registry", registry={"fraises": fraises, "branch_mapping": rules})


def delivery(number: str, branch: str = "main", **more: Any) -> tuple[str, dict[str, Any]]:
    """A call that hands a push over."""
    event = {"event_type": "push", "branch": branch, "commit_sha": COMMIT}
    given = {"provider": "github", "event": event, "delivery_id": number}
    return "fn_process_webhook", {**given, **more}


def test_response__every_function__is_fraiseqls_row(template: Scratch) -> None:
    """All functions return one row with FraiseQL's columns, names and types."""
    with psycopg.connect(template.url) as connection:
        columns = connection.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = 'mutation_response'::regclass ORDER BY attnum"
        ).fetchall()
        returning = connection.execute(
            "SELECT proname FROM pg_proc WHERE starts_with(proname, 'fn_') AND NOT proretset"
            " AND prorettype = 'mutation_response'::regtype ORDER BY proname"
        ).fetchall()
    assert columns == RESPONSE
    assert [name for (name,) in returning] == FUNCTIONS


@pytest.mark.parametrize("function", FUNCTIONS)
def test_function__without_a_command_id__aborts(database: Scratch, function: str) -> None:
    """A missing command id is a programming error and leaves no trace."""
    missing = pytest.raises(psycopg.errors.NotNullViolation, match="command_id")
    with psycopg.connect(database.url) as connection, missing:
        connection.execute(f"SELECT * FROM {function}()".encode())
    assert database.row("SELECT count(*) AS n FROM tb_command")["n"] == 1


@pytest.mark.parametrize("function", FUNCTIONS)
def test_function__asked_again__gives_the_first_answer(database: Scratch, function: str) -> None:
    """A command id is answered once; refusals are answers too."""
    arguments: dict[str, Any] = {} if "registry" not in function else {"registry": REGISTRY}
    first = database.call(function, "once", **arguments)
    assert first["message"]
    database.call("fn_request_deployment", **SHOP)
    before = database.row("SELECT count(*) AS n FROM tb_command")
    assert database.call(function, "once", **arguments) == first
    assert database.row("SELECT count(*) AS n FROM tb_command") == before


def test_claim__two_at_once__one_gets_the_deployment(database: Scratch) -> None:
    """The other one is told that there is nothing to claim, and does not wait for it."""
    database.call("fn_request_deployment", **SHOP)
    answers = at_once(database, claim(), claim(), claim(), claim())
    assert details(answers) == ["claimed", *["nothing-to-claim"] * 3]
    assert database.row("SELECT fencing_token FROM tb_lease")["fencing_token"] == 1


def test_claim__the_same_named_deployment__one_is_refused(database: Scratch) -> None:
    """Who names a deployment waits for the other claim and is refused then."""
    name = database.call("fn_request_deployment", **SHOP)["entity_id"]
    answers = at_once(database, claim(deployment_id=name), claim(deployment_id=name))
    assert details(answers) == ["claimed", "not-claimable"]


def test_claim__expired_lease__is_taken_over_once(database: Scratch) -> None:
    """Two workers that see the same dead one do not both go on."""
    database.call("fn_request_deployment", **SHOP)
    database.call("fn_claim_deployment", worker="w", lease_seconds=60)
    database.execute("UPDATE tb_lease SET expires_at = now() - interval '1 minute'")
    answers = at_once(database, claim(worker="a"), claim(worker="b"))
    assert details(answers) == ["nothing-to-claim", "taken-over"]


def test_claim__environment_that_is_locked__is_passed_over(database: Scratch) -> None:
    """A worker takes other work instead of waiting for a busy environment."""
    database.call("fn_request_deployment", **SHOP)
    database.call("fn_request_deployment", fraise="mail", environment="live")
    with psycopg.connect(database.url) as other:
        other.execute("SELECT 1 FROM tb_environment WHERE pk_environment = 1 FOR NO KEY UPDATE")
        answer = database.call("fn_claim_deployment", worker="w", lease_seconds=60)
    assert answer["entity"]["fraise"] == "mail"


@pytest.mark.parametrize(
    ("call", "table"),
    [
        (("fn_request_deployment", SHOP), "tb_deployment_request"),
        (delivery("1"), "tb_webhook_event"),
        (("fn_record_worker", {"worker": "w", "state": "stopped"}), "tb_worker"),
    ],
)
def test_command__the_same_at_once__has_one_effect(
    database: Scratch, call: tuple[str, dict[str, Any]], table: str
) -> None:
    """The second call waits for the first one and gives its answer."""
    function, arguments = call
    again = (function, {**arguments, "command_id": "same"})
    first, second = at_once(database, again, again)
    assert first == second
    commands = "SELECT count(*) AS n FROM tb_command WHERE command_id = 'same'"
    assert database.row(commands)["n"] == 1
    rows = database.row(f"SELECT count(*) AS n FROM {table}")["n"]
    assert rows == 1


def test_webhook__the_same_delivery_at_once__deploys_once(database: Scratch) -> None:
    """One delivery asks for deployments, the others are answered like it."""
    answers = at_once(database, *[delivery("1")] * 4)
    assert details(answers) == ["accepted"] * 4
    assert [answer["metadata"]["replayed"] for answer in answers].count(False) == 1
    assert len({answer["entity_id"] for answer in answers}) == 1
    assert database.row("SELECT count(*) AS n FROM tb_deployment")["n"] == len(NAMES)


def test_webhook__branches_with_the_same_targets__do_not_deadlock(database: Scratch) -> None:
    """Targets are locked in one order, whatever the mapping's."""
    calls = [delivery(str(number), ("main", "next")[number % 2]) for number in range(6)]
    assert details(at_once(database, *calls)) == ["accepted"] * 6
    waiting = "SELECT count(*) AS n FROM tb_deployment WHERE status = 'pending'"
    assert database.row(waiting)["n"] == len(NAMES)


def test_sync__two_registries_at_once__one_after_the_other(database: Scratch) -> None:
    """No unique violation surfaces, and webhooks in between are answered."""
    more = {**REGISTRY["fraises"][0], "name": "more"}  # type: ignore[index]
    larger = {**REGISTRY, "fraises": [*REGISTRY["fraises"], more]}
    sync = ("fn_sync_registry", {"registry": larger})
    answers = at_once(database, sync, sync, delivery("1"), delivery("2", "next"))
    assert details(answers) == ["accepted", "accepted", "synced", "unchanged"]


def test_queue__requests_at_once__do_not_exceed_the_limit(database: Scratch) -> None:
    """The count is exact: what another transaction has just queued is seen."""
    database.call("fn_sync_registry", registry=REGISTRY | {"settings": {"queue_limit": 2}})
    calls = [("fn_request_deployment", {"fraise": name, "environment": "live"}) for name in NAMES]
    assert details(at_once(database, *calls)) == ["queue-full", "requested", "requested"]


def test_queue__the_same_environment_at_once__finds_room(database: Scratch) -> None:
    """Who takes another one's place is let in, whatever the order."""
    database.call("fn_sync_registry", registry=REGISTRY | {"settings": {"queue_limit": 1}})
    answers = at_once(database, *[("fn_request_deployment", SHOP)] * 4)
    assert details(answers) == ["requested"] * 4


def test_notification__workers_at_once__get_one_each(database: Scratch) -> None:
    """No notification is handed to two workers, and nobody waits for another."""
    database.call("fn_sync_registry", registry=REGISTRY | {"notifications": CHANNELS})
    database.call("fn_request_deployment", **SHOP)
    database.call("fn_claim_deployment", worker="w", lease_seconds=60)
    answers = at_once(database, *[claim_notification()] * 4)
    assert details(answers) == ["claimed", "claimed", "nothing-to-claim", "nothing-to-claim"]
    assert len({answer["entity_id"] for answer in answers} - {None}) == len(CHANNELS)


def test_notification__expired_claim__is_taken_over_once(database: Scratch) -> None:
    """Of two workers that see the same dead one, one goes on, and the dead one is not heard."""
    database.call("fn_sync_registry", registry=REGISTRY | {"notifications": CHANNELS[:1]})
    database.call("fn_request_deployment", **SHOP)
    database.call("fn_claim_deployment", worker="w", lease_seconds=60)
    first = database.call("fn_claim_notification", worker="w", lease_seconds=60)
    database.execute("UPDATE tb_notification SET claimed_until = now() - interval '1 minute'")
    answers = at_once(database, claim_notification(), claim_notification())
    assert details(answers) == ["claimed", "nothing-to-claim"]
    late = {"notification_id": first["entity_id"], "claim": first["metadata"]["claim"]}
    answer = database.call("fn_complete_notification", **late, succeeded=True)
    assert answer["status_detail"] == "lease-lost"


def test_notification__old_ones_at_once__are_given_up_once(database: Scratch) -> None:
    """Workers that come back after days share the giving up and do not wait for each other."""
    database.call("fn_sync_registry", registry=REGISTRY | {"notifications": CHANNELS})
    for name in NAMES:
        database.call("fn_request_deployment", fraise=name, environment="live")
        database.call("fn_claim_deployment", worker="w", lease_seconds=60)
    database.execute("UPDATE tb_notification SET created_at = now() - interval '2 days'")
    answers = at_once(database, *[claim_notification()] * 4)
    assert details(answers) == ["nothing-to-claim"] * 4
    assert sum(answer["metadata"]["expired"] for answer in answers) == len(NAMES) * len(CHANNELS)


def test_notification__channel_leaves_while_a_deployment_starts__nothing_waits_for_it(
    database: Scratch,
) -> None:
    """A sync and a claim come one after the other: no row waits for a channel that is gone."""
    database.call("fn_sync_registry", registry=REGISTRY | {"notifications": CHANNELS})
    database.call("fn_request_deployment", **SHOP)
    answers = at_once(database, claim(), ("fn_sync_registry", {"registry": REGISTRY}))
    assert "synced" in details(answers)
    waiting = "SELECT count(*) AS n FROM tb_notification WHERE state = 'pending'"
    assert database.row(waiting)["n"] == 0


def test_reconcile__workers_at_once__get_one_fraise_each(database: Scratch) -> None:
    """Nobody is handed what another one looks at."""
    reconciled(database)
    answers = at_once(database, *[("fn_claim_reconcile", {"worker": f"w{n}"}) for n in range(5)])
    assert details(answers) == ["claimed"] * 3 + ["nothing-to-claim"] * 2
    fraises = {answer["metadata"].get("fraise") for answer in answers}
    assert fraises == {None, *NAMES}


def test_reconcile__a_look_and_a_push_at_once__the_push_is_the_newest(database: Scratch) -> None:
    """Whichever comes first: what the forge tells after the question is what is deployed."""
    reconciled(database)
    for name in NAMES:
        claim = database.call("fn_claim_reconcile", worker="w")["metadata"]
        assert claim["fraise"] == name
    found = [{"ref_type": "branch", "name": "main", "commit": "b" * 40}]
    looks = [
        ("fn_complete_reconcile", {"fraise": name, "claim": 1, "refs": found}) for name in NAMES
    ]
    answers = at_once(database, *looks, delivery("1"))
    assert details(answers) == ["accepted"] + ["reconciled"] * 3
    waiting = database.rows("SELECT git_commit FROM v_deployment WHERE status = 'pending'")
    assert [row["git_commit"] for row in waiting] == [COMMIT] * 3


def test_reconcile__a_look_and_a_sync_at_once__do_not_deadlock(database: Scratch) -> None:
    """Both lock environments first."""
    for number in range(8):
        reconciled(database)
        claim = database.call("fn_claim_reconcile", worker="w")["metadata"]
        look: dict[str, Any] = {"fraise": claim["fraise"], "claim": claim["claim"], "refs": []}
        sync = {"registry": REGISTRY | {"settings": {"queue_limit": 100 + number}}}
        answers = at_once(
            database,
            ("fn_complete_reconcile", look | {"command_id": f"look-{number}"}),
            ("fn_sync_registry", sync | {"command_id": f"sync-{number}"}),
        )
        assert details(answers) in (["lease-lost", "synced"], ["reconciled", "synced"])


def test_events__writers_at_once__appear_in_the_order_of_their_numbers(database: Scratch) -> None:
    """A reader that resumes after a number never misses a smaller one that commits later."""
    with psycopg.connect(database.url) as slow, psycopg.connect(database.url) as fast:
        slow.execute("SELECT fn_request_deployment('shop', 'live', p_command_id => 'slow')")
        fast.execute("SET statement_timeout = '300ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            fast.execute("SELECT fn_request_deployment('mail', 'live', p_command_id => 'fast')")
        slow.commit()
        fast.rollback()
        fast.execute("SELECT fn_request_deployment('mail', 'live', p_command_id => 'fast')")
    rows = database.rows("SELECT fraise FROM v_event WHERE fraise IS NOT NULL ORDER BY pk_event")
    assert [row["fraise"] for row in rows] == ["shop", "mail"]


def test_notify__request__wakes_who_listens(database: Scratch) -> None:
    """The number of each event and the id of each requested deployment are announced."""
    with psycopg.connect(database.url, autocommit=True) as listener:
        listener.execute("LISTEN fraisier_event")
        listener.execute("LISTEN deployment_requested")
        answer = database.call("fn_request_deployment", **SHOP)
        heard = {each.channel: each.payload for each in listener.notifies(timeout=10, stop_after=2)}
    number = database.row("SELECT max(pk_event) AS n FROM tb_event")["n"]
    assert heard == {"fraisier_event": str(number), "deployment_requested": answer["entity_id"]}


@pytest.mark.parametrize("name", ["", "x", "' OR 1 = 1", "a" * 36, "{}"])
def test_deployment_id__text_that_is_no_uuid__is_unknown(database: Scratch, name: str) -> None:
    """An id that cannot be one is a refusal, not an error of the database."""
    database.call("fn_request_deployment", **SHOP)
    answers = [
        database.call("fn_cancel_deployment", deployment_id=name),
        database.call("fn_claim_deployment", **claim(deployment_id=name)[1]),
        database.call("fn_heartbeat", deployment_id=name, worker="w", lease_seconds=1),
        database.call("fn_record_step", deployment_id=name, step="fetch", state="started"),
    ]
    assert details(answers) == ["unknown-deployment"] * 4
