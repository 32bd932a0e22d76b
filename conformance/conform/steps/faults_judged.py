"""Steps that judge what is left after a fault: what runs, what is recorded, what is stuck."""

from __future__ import annotations

from typing import Any

from pytest_bdd import then

from conform.model import judge
from conform.steps.deploy import Deploying, split
from conform.steps.deploy_sentences import sentence
from conform.steps.faults import Fault
from conform.world.waiting import eventually

OPEN = "SELECT id, status FROM tb_deployment WHERE status IN ('pending', 'in_progress')"
HELD = "SELECT fk_environment FROM tb_lease WHERE released_at IS NULL"
RECORDED = "SELECT * FROM v_fraise_status WHERE fraise = :fraise AND environment = :environment"


@then(sentence('version "{version}" was started {count:d} times'))
def started_times(fault: Fault, version: str, count: int) -> None:
    """The service's own marks: what every cutover leaves."""
    found = fault.holding.noted("start", version)
    assert len(found) == count, f"{version} was started in {found}"


@then("no release was started twice")
def started_once(fault: Fault) -> None:
    """At most one cutover to each release."""
    for version in fault.deploying.commits:
        found = fault.holding.noted("start", version)
        assert len(found) == len(set(found)), f"{version} was started in {found}"


@then(sentence('what is recorded of "{place}" is what runs'))
def recorded_is_running(deploying: Deploying, place: str) -> None:
    """`status`, the history, the database and GraphQL name the commit that answers."""
    fraise, environment = split(place)
    served = eventually(
        lambda: deploying.subject.workspace.served_version(fraise, environment), f"{place}"
    )
    assert served is not None
    commit = deploying.commits[served]
    shown = deploying.subject.cli("status", fraise, environment, "--json").json()
    assert shown["current_version"] == commit[:12], f"{served} runs, the status is {shown}"
    row = deploying.subject.scratch.row(RECORDED, fraise=fraise, environment=environment)
    assert row["current_commit"] == commit, f"{served} ({commit}) runs, recorded is {row}"
    succeeded = [each for each in deploying.history() if each["outcome"] == "success"]
    assert succeeded[0]["git_commit"] == commit, f"{served} runs, the history is {succeeded}"


@then("nothing is stuck")
def nothing_stuck(deploying: Deploying) -> None:
    """Nothing waits or runs, no lease is held, and the log says how it all went."""
    scratch = deploying.subject.scratch
    assert scratch.rows(OPEN) == []
    assert scratch.rows(HELD) == []
    found: list[str] = judge.violations(lambda sql: scratch.rows(sql), deployers=True)
    assert found == [], "\n".join(found)


@then(sentence('the next deployment of "{place}" succeeds'))
def next_one_succeeds(deploying: Deploying, place: str) -> None:
    """Whatever was left of the one before is in nobody's way."""
    deploying.commit("3.0")
    asked = deploying.request(*split(place))
    row = deploying.ended(asked)
    assert row["outcome"] == "success", f"it is {row}"
    deploying.subject.workspace.wait_for_version("3.0", *split(place))


@then(sentence('the deployment of "{place}" ends well, or fails and changes nothing'))
def ends_or_failed(fault: Fault, place: str) -> None:
    """A broken disk is a reason to fail, with a reason, and none to lose what served."""
    deploying, holding = fault.deploying, fault.holding
    row = deploying.ended(deploying.asked[-1])
    served = holding.new if row["outcome"] == "success" else holding.old
    assert row["outcome"] in ("success", "failed", "rolled_back"), f"it is {row}"
    assert row["outcome"] == "success" or row["error_message"], f"no reason: {row}"
    assert row["error_code"] != "internal", f"no true reason: {row}"
    deploying.subject.workspace.wait_for_version(served, *split(place))


@then(sentence('the deployment of "{place}" ends as it is recorded'))
def ends_truly(fault: Fault, place: str) -> None:
    """
    Well, or as failed with what served before; where even the way back is closed, nobody
    is told that the environment is well.
    """
    deploying = fault.deploying
    row = deploying.ended(deploying.asked[-1])
    if row["error_code"] != "rollback-failed":
        ends_or_failed(fault, place)
        recorded_is_running(deploying, place)
        return
    fraise, environment = split(place)
    status = deploying.subject.scratch.row(RECORDED, fraise=fraise, environment=environment)
    assert status["status"] not in ("healthy", "unknown"), f"the record says {status}"


@then(sentence('the deployment of "{place}" does not succeed'))
def does_not_succeed(deploying: Deploying, place: str) -> None:
    """What does not work is never recorded as a success."""
    row = deploying.ended(deploying.asked[-1])
    assert row["outcome"] in ("failed", "rolled_back"), f"{place}: it is {row}"
    assert row["error_code"] != "internal", f"{place}: it is {row}"


@then("the worker that woke has changed nothing")
def changed_nothing(fault: Fault) -> None:
    """Neither what is recorded nor what runs."""
    deploying = fault.deploying
    assert deploying.before
    assert deploying.history() == deploying.before
    marks: list[Any] = fault.holding.marks.read_text().splitlines()
    assert marks == fault.noted
