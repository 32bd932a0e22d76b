"""Steps about what receivers of webhooks were seen to get wrong."""

from __future__ import annotations

import json

import yaml
from pytest_bdd import given, parsers, then, when

from conform.databases import Scratch
from conform.steps.asking import Happened
from conform.steps.deploy import Deploying
from conform.steps.deploy_sentences import sentence
from conform.steps.webhook import Delivering
from conform.world.workspace import Workspace

# What makes every write of a webhook fail, and what ends that.
BREAK = {
    "sqlite": (
        "CREATE TRIGGER of_the_suite BEFORE INSERT ON tb_webhook_event"
        " BEGIN SELECT RAISE(ABORT, 'no space left'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION of_the_suite() RETURNS trigger LANGUAGE plpgsql"
        " AS $$BEGIN RAISE EXCEPTION 'no space left'; END$$",
        "CREATE TRIGGER of_the_suite BEFORE INSERT ON tb_webhook_event"
        " FOR EACH ROW EXECUTE FUNCTION of_the_suite()",
    ),
}
MEND = {
    "sqlite": ("DROP TRIGGER of_the_suite",),
    "postgresql": (
        "DROP TRIGGER of_the_suite ON tb_webhook_event",
        "DROP FUNCTION of_the_suite()",
    ),
}
HISTORY = "{ deployments(limit: 100) { id gitCommit outcome supersededBy } }"
EVENTS = "SELECT count(*) AS events FROM tb_webhook_event WHERE delivery_id = :delivery"


@when("the database fails at every webhook")
def break_database(scratch: Scratch) -> None:
    """As a full disk would, for one table."""
    for statement in BREAK[scratch.dialect]:
        scratch.execute(statement)


@when("the database works again")
def mend_database(scratch: Scratch) -> None:
    """There is room again."""
    for statement in MEND[scratch.dialect]:
        scratch.execute(statement)


@then(sentence('delivery "{delivery}" was refused first as the server\'s fault, then accepted'))
def accepted_after_all(delivering: Delivering, scratch: Scratch, delivery: str) -> None:
    """5xx, so that the forge comes again; then 202, and one event in the end."""
    first, second = delivering.answers[-2:]
    assert first.status >= 500, first.text
    assert second.status == 202, second.text
    assert scratch.row(EVENTS, delivery=delivery)["events"] == 1


@when(sentence('the push of version "{version}" is delivered'))
def deliver_version(delivering: Delivering, deploying: Deploying, version: str) -> None:
    """A signed push of main at the commit of that version."""
    delivering.send(delivering.push("main", deploying.commits[version]))
    assert delivering.answers[-1].status == 202, delivering.answers[-1].text


@when(sentence("{count:d} pushes of other branches are delivered, and health is asked for"))
def deliver_others(delivering: Delivering, happened: Happened, count: int) -> None:
    """One after the other; each has to be answered before the next is sent."""
    assert happened.server is not None, "no server is running"
    for number in range(count):
        delivering.send(delivering.push(f"other-{number}"))
        delivering.answers.append(happened.server.get("/health"))


@then("all of them were answered while the build still waits")
def answered_meanwhile(delivering: Delivering, deploying: Deploying) -> None:
    """The build ends only when the scenario lets it: nobody has waited for it."""
    assert not deploying.files["gate"].exists()
    assert deploying.built() == []
    assert {answer.status for answer in delivering.answers[1:]} == {200}
    assert len(delivering.answers) > 2


@then(sentence('the push of version "{version}" was superseded by that of "{newer}"'))
def superseded(happened: Happened, deploying: Deploying, version: str, newer: str) -> None:
    """Both are told, and for which one the older was left out."""
    assert happened.server is not None, "no server is running"
    found = happened.server.graphql(HISTORY)["data"]["deployments"]
    rows = {row["gitCommit"]: row for row in found}
    older, newest = rows[deploying.commits[version]], rows[deploying.commits[newer]]
    assert (older["outcome"], older["supersededBy"]) == ("superseded", newest["id"]), older


@given(parsers.parse('the secret of "{forge}" is {value}'))
def weak_secret(workspace: Workspace, forge: str, value: str) -> None:
    """What is written there (JSON) instead of a good secret."""
    document = yaml.safe_load(workspace.config.read_text())
    provider, _, key = forge.partition(".")
    document["git"].setdefault(provider, {})[key] = json.loads(value)
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))
