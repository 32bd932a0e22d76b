"""Steps of scenarios about where a push leads, and about routing one again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_bdd import given, parsers, then, when

from conform.steps.asking import Happened
from conform.steps.webhook import COMMIT, Delivering
from conform.world.subject import Subject
from conform.world.workspace import Workspace

Table = list[list[str]]
FORGES = "git: {{provider: github, github: {{webhook_secret: {0}}}, gitlab: {{secret_token: {0}}}}}"


@given("this routing:")
@when("the routing becomes:")
def routing(workspace: Workspace, docstring: str) -> None:
    """``fraises.yaml`` with two forges and these fraises; nothing is deployed anywhere."""
    workspace.write_config(f"{FORGES.format(workspace.secret)}\n{docstring}\n")


@when(parsers.parse('a push of "{ref}" from "{repository}" is delivered'))
def push_from(delivering: Delivering, ref: str, repository: str) -> None:
    """GitHub's push of a full ref of a repository of GitHub's."""
    delivering.send(_push(delivering, ref, repository))


@when(parsers.parse('a push that touches "{files}" is delivered'))
def push_touching(delivering: Delivering, files: str) -> None:
    """A push of main whose one commit names its files."""
    delivering.send(_push(delivering, "refs/heads/main", files=files.split(", ")))


@when(parsers.parse("a push that does not tell its files is delivered: {how}"))
def push_untold(delivering: Delivering, how: str) -> None:
    """A push of main of which nobody can say which files it touched."""
    push = _push(delivering, "refs/heads/main", files=["docs/a.md"])
    changes: dict[str, dict[str, Any]] = {
        "no list of commits": {"commits": None},
        "a forced push": {"forced": True},
        "a new branch": {"created": True, "before": "0" * 40},
        "fewer commits than were pushed": {"size": 2},
        "a commit without files": {"commits": [{"id": COMMIT}]},
    }
    changed = {**push, **changes[how]}
    delivering.send({key: value for key, value in changed.items() if value is not None})


@then("pushes lead where they should:")
def lead_to(delivering: Delivering, datatable: Table) -> None:
    """Each is delivered; its answer has these targets in this order, or the reason."""
    head, *rows = datatable
    found: Table = []
    for row in rows:
        push = dict(zip(head, row, strict=True))
        files = push["touches"].split(", ") if push.get("touches") else None
        repository = push.get("repository", "example/shop")
        delivering.send(_push(delivering, push["push"], repository, files))
        found.append([*row[:-1], _led_to(delivering)])
    assert found == rows, found


def _led_to(delivering: Delivering) -> str:
    """``shop/production, mail/production``, or the reason for none."""
    answer = delivering.happened.response
    assert answer.status in (200, 202), answer.text
    document = answer.json()
    targets = [
        f"{each['fraise']}/{each['environment']}" for each in document.get("deployments", ())
    ]
    assert bool(targets) == (answer.status == 202) == ("reason" not in document), answer.text
    return ", ".join(targets) or document["reason"]


def _targets(document: Mapping[str, Any]) -> list[str]:
    made = document.get("deployments", ())
    return [f"{each['fraise']}/{each['environment']}" for each in made]


def _push(
    delivering: Delivering,
    ref: str,
    repository: str = "example/shop",
    files: list[str] | None = None,
) -> dict[str, Any]:
    there = f"https://github.com/{repository}"
    about = {"full_name": repository, "clone_url": f"{there}.git", "html_url": there}
    told: dict[str, Any] = {"ref": ref, "repository": about}
    if files is not None:
        told["commits"] = [{"id": COMMIT, "added": files[:1], "modified": files[1:]}]
    return delivering.push(**told)


@when("the webhook is replayed")
@when("the webhook is replayed again")
def replay(implementation: Subject, happened: Happened, delivering: Delivering) -> None:
    """The first delivery of the scenario, by the beginning of its id."""
    start = delivering.answers[0].json()["event"]["id"][:8]
    happened.result = implementation.cli(
        "webhooks", "replay", start, "--json", env={"USER": "carol"}
    )


@then(parsers.parse('the replay deploys "{targets}" at the commit of the push'))
def replay_deploys(
    implementation: Subject, happened: Happened, delivering: Delivering, targets: str
) -> None:
    """What was requested, by whom, and at which commit."""
    assert happened.command.exit == 0, happened.command.stdout
    document = happened.command.json()
    found = _targets(document["webhook"])
    assert (document["code"], ", ".join(found)) == ("accepted", targets)
    history = {
        row["id"]: row for row in implementation.cli("history", "--json").json()["deployments"]
    }
    for each in document["webhook"]["deployments"]:
        row = history[each["id"]]
        asked = (row["git_commit"], row["triggered_by"], row["actor"])
        assert asked == (COMMIT, "WEBHOOK", "carol"), row


@then(parsers.parse('the replay deploys nothing because of "{reason}"'))
def replay_ignored(happened: Happened, reason: str) -> None:
    """It is no failure, and says why."""
    assert happened.command.exit == 0, happened.command.stdout
    document = happened.command.json()
    assert (document["code"], document["webhook"]["ignored_reason"]) == ("ignored", reason)
    assert document["webhook"]["deployments"] == []


@then("the webhooks are listed with their replays")
def replays_listed(implementation: Subject, delivering: Delivering) -> None:
    """Each replay is a webhook of its own that names the first; the first names them all."""
    rows = implementation.cli("webhooks", "--json").json()["webhooks"]
    first = delivering.answers[0].json()["event"]["id"]
    *replays, original = rows
    assert original["id"] == first
    assert original["replays"] == [each["id"] for each in reversed(replays)]
    assert original["replayed_from"] is None
    for each in replays:
        assert (each["replayed_from"], each["replayed_by"]) == (first, "carol"), each
        assert each["commit_sha"] == original["commit_sha"]
    ids = [each["delivery_id"] for each in rows]
    assert len(set(ids)) == len(ids), ids


@then("every webhook is shown with what it led to")
def shown(implementation: Subject, delivering: Delivering) -> None:
    """A line for each, with the beginning of its id, its ref, and targets or reason."""
    lines = implementation.cli("webhooks").stdout.splitlines()[1:]
    assert len(lines) == len(delivering.answers)
    for line, answer in zip(reversed(lines), delivering.answers, strict=True):
        document = answer.json()
        assert line.startswith(document["event"]["id"][:8] + " "), line
        led_to = [
            f"{each['fraise']}/{each['environment']}" for each in document.get("deployments", ())
        ]
        for word in led_to or [document["reason"]]:
            assert word in line, line
