"""Both dialects behave alike behind the one interface."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fraisier.db import Database, connect, refuse
from fraisier.domain.errors import FraisierError

REGISTRY: dict[str, Any] = {
    "fraises": [
        {
            "name": "shop",
            "type": "api",
            "environments": [{"name": "production", "provider": "local", "target": {"port": 1}}],
        }
    ],
    "branch_mapping": [{"branch": "main", "fraise": "shop", "environment": "production"}],
}


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """An installed database that knows one fraise."""
    database = connect(database_url)
    database.migrate()
    refuse(database.call("fn_sync_registry", registry=REGISTRY))
    yield database
    database.close()


def request(db: Database, **more: Any) -> Any:
    """Ask for a deployment of the one fraise."""
    return db.call("fn_request_deployment", fraise="shop", environment="production", **more)


def test_call__granted__gives_decoded_values(db: Database) -> None:
    """Booleans, ids, objects and lists arrive as Python has them, whatever the dialect."""
    answer = request(db, force=True)
    assert answer.succeeded is True
    assert answer.state_changed is True
    assert answer.updated_fields == ()
    assert answer.entity is not None
    assert answer.entity["id"] == answer.entity_id
    assert answer.entity["force"] is True
    assert answer.metadata == {}


def test_call__refused__is_an_answer(db: Database) -> None:
    """A refusal comes back with its code; ``refuse`` turns it into an error."""
    answer = db.call("fn_request_deployment", fraise="shpo", environment="production")
    assert (answer.succeeded, answer.status_detail) == (False, "unknown-fraise")
    with pytest.raises(FraisierError) as caught:
        refuse(answer)
    assert caught.value.code == "unknown-fraise"


def test_call__same_command_id__is_done_once(db: Database) -> None:
    """Asked again with the same command id, the database gives its first answer."""
    first = request(db, command_id="one")
    assert request(db, command_id="one") == first
    assert len(db.read("v_deployment")) == 1


def test_call__value_that_is_no_text__is_refused(db: Database) -> None:
    """Half a surrogate pair cannot be stored and says so."""
    with pytest.raises(FraisierError) as caught:
        db.call("fn_request_deployment", fraise="\ud800", environment="production")
    assert caught.value.code == "invalid-argument"


def test_call__not_json__changes_nothing(db: Database) -> None:
    """A call that aborts leaves the connection usable and no trace of itself."""
    with pytest.raises(FraisierError):
        db.call("fn_sync_registry", registry="no json")
    assert [fraise["name"] for fraise in db.read("v_fraise")] == ["shop"]


def test_read__conditions_order_limit__choose_rows(db: Database) -> None:
    """Equality, order, limit and resume point do what they say."""
    ids = [request(db).entity_id for _ in range(3)]
    newest = db.read("v_deployment", order=["-pk_deployment"], limit=2)
    assert [row["id"] for row in newest] == [ids[2], ids[1]]
    assert [row["id"] for row in db.read("v_deployment", {"status": "pending"})] == [ids[2]]
    events = db.read("v_event", order=["pk_event"])
    later = db.read("v_event", order=["pk_event"], after=("pk_event", events[1]["number"]))
    assert later == events[2:]


@pytest.mark.parametrize("value", ["nonsense", "", "1", 7])
def test_read__id_that_is_none__matches_nothing(db: Database, value: object) -> None:
    """What cannot be an id is an id of nothing, not an error."""
    request(db)
    assert db.read("v_deployment", {"id": value}) == []


def test_count__by_column__counts(db: Database) -> None:
    """Rows are counted for each value of a column."""
    request(db)
    request(db)
    assert db.count("v_deployment", "status") == {"pending": 1, "superseded": 1}


def test_call__missing_objects__says_outdated(database_url: str) -> None:
    """A database without the function says how to get it."""
    database = connect(database_url)
    with pytest.raises(FraisierError) as caught:
        database.call("fn_request_deployment", fraise="shop", environment="production")
    database.close()
    assert caught.value.code == "database-outdated"


def test_wait__another_connection_writes__returns(db: Database, database_url: str) -> None:
    """A waiting connection wakes when somebody else has written, and finds it."""
    db.wait(0)
    db.wait(0)
    found = threading.Event()

    def write() -> None:
        other = connect(database_url)
        request(other)
        other.close()

    writer = threading.Timer(0.2, write)
    writer.start()
    for _ in range(100):
        db.wait(10)
        if db.read("v_deployment"):
            found.set()
            break
    writer.join()
    assert found.is_set()


def test_wait__written_since_the_last_wait__returns_at_once(
    db: Database, database_url: str
) -> None:
    """What was written between two waits is not slept through."""
    db.wait(0)
    db.wait(0)
    other = connect(database_url)
    request(other)
    other.close()
    db.wait(60)
    assert db.read("v_deployment")
