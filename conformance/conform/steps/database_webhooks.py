"""Steps that hand webhooks to the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytest_bdd import parsers, step

from conform.steps.database_registry import records
from conform.steps.database_world import DatabaseWorld

Table = Sequence[Sequence[str]]
ARGUMENTS = ("provider", "hook", "delivery_id", "command_id")


def normalised(**facts: Any) -> dict[str, Any]:
    """The ``event`` argument for a push to main, with some facts changed."""
    event: dict[str, Any] = {
        "event_type": "push",
        "native_event": "push",
        "branch": "main",
        "tag": None,
        "commit_sha": "abc0001",
        "before": "abc0000",
        "sender": "carol",
        "repository": "acme/shop",
        "repository_keys": ["forge.example/acme/shop"],
    }
    return event | facts


def deliver(db: DatabaseWorld, delivery: str, event: dict[str, Any], **arguments: Any) -> None:
    """Hand a webhook over and give its event and its deployments names."""
    db.call(
        "fn_process_webhook",
        **(
            {"provider": "github", "hook": "default", "delivery_id": delivery}
            | {"payload": '{"raw": true}', "signature": "sha256=00", "actor": "receiver"}
            | {"event": event}
            | arguments
        ),
    )
    _, sent = db.last_call
    db.remembered[delivery] = (sent, db.answer)
    name(db, delivery)


def name(db: DatabaseWorld, called: str) -> None:
    """Give the webhook of the last answer a name, and its deployments names made of it."""
    entity: dict[str, Any] = db.answer["entity"] or {}
    if entity:
        db.names.setdefault(called, entity["id"])
    for made in entity.get("deployments", []):
        db.names.setdefault(f"{called}:{made['fraise']}/{made['environment']}", made["id"])


@step(
    parsers.re(
        r"a push to (?P<branch>\S+) at (?P<commit>\S+)(?: of (?P<repository>\S+))?"
        r" arrives as (?P<delivery>\S+)"
    )
)
def push(
    db: DatabaseWorld, branch: str, commit: str, repository: str | None, delivery: str
) -> None:
    """A push of acme/shop unless another repository is named."""
    facts: dict[str, Any] = {"branch": branch, "commit_sha": commit}
    if repository is not None:
        facts |= {
            "repository": repository,
            "repository_keys": [f"forge.example/{repository}"],
        }
    deliver(db, delivery, normalised(**facts))


@step("a webhook arrives with:")
def webhook(db: DatabaseWorld, datatable: Table) -> None:
    """A push to main of acme/shop, delivery d1, with some arguments or facts changed."""
    (record,) = records(datatable)
    given = {name: db.read(text) for name, text in record.items()}
    arguments = {name: value for name, value in given.items() if name in ARGUMENTS}
    facts = {name: value for name, value in given.items() if name not in ARGUMENTS}
    deliver(db, arguments.pop("delivery_id", "d1"), normalised(**facts), **arguments)


@step(parsers.re(r'(?:"(?P<actor>[^"]+)"|somebody) replays (?P<delivery>\S+) as (?P<command>\S+)'))
def replay(db: DatabaseWorld, actor: str | None, delivery: str, command: str) -> None:
    """A replay, called like its command id: its deployments are ``command:fraise/environment``."""
    given = {"webhook_id": db.identity(delivery), "actor": actor}
    db.call("fn_replay_webhook", command_id=command, **given)
    name(db, command)


@step(parsers.re(r"(?P<delivery>\S+) was stored before events were kept"))
def forget_event(db: DatabaseWorld, delivery: str) -> None:
    """A row as migration 4 finds it."""
    db.set_up(f"UPDATE tb_webhook_event SET event = NULL WHERE delivery_id = '{delivery}'")


@step(parsers.re(r"(?P<delivery>\S+) was stored without its commit"))
def forget_commit(db: DatabaseWorld, delivery: str) -> None:
    """A row of a version that kept no commits."""
    where = f"WHERE delivery_id = '{delivery}'"
    db.set_up(f"UPDATE tb_webhook_event SET event = NULL, commit_sha = NULL {where}")


@step(parsers.re(r"(?P<delivery>\S+) arrives again under another command id"))
def deliver_again(db: DatabaseWorld, delivery: str) -> None:
    """A redelivery, as forges do, of the last webhook with this delivery id."""
    arguments, db.remembered["first answer"] = db.remembered[delivery]
    db.call("fn_process_webhook", **(arguments | {"command_id": "another command"}))
