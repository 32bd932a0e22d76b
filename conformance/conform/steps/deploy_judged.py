"""Steps that judge deployments: how they ended, and what serves."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import then

from conform.steps.deploy import SECRET, Deploying, split
from conform.steps.deploy_sentences import sentence
from conform.world.waiting import eventually

DEPLOYMENT = """query Deployment($id: ID!) {
  deployment(id: $id) { id status gitCommit oldVersion newVersion errorMessage }
}"""


@then(sentence("the deployment command exits with {status:d}"))
def exits_with(deploying: Deploying, status: int) -> None:
    """The exit status of the last command."""
    result = deploying.result
    assert result is not None
    assert result.exit == status, f"{result.exit}: {result.stdout[-1500:]} {result.stderr[-500:]}"


@then(sentence('it is told "{code}"'))
def told_code(deploying: Deploying, code: str) -> None:
    """The error code of the last command's result."""
    result = deploying.result
    assert result is not None
    last = result.lines()[-1]
    assert last["error"]["code"] == code, f"the result is {last}"


@then(sentence('"{place}" serves version "{version}"'))
def serves(deploying: Deploying, place: str, version: str) -> None:
    """The service itself says so."""
    deploying.subject.workspace.wait_for_version(version, *split(place))


@then(sentence('"{place}" does not answer'))
def silent(deploying: Deploying, place: str) -> None:
    """Nobody listens on its port."""
    served = deploying.subject.workspace.served_version(*split(place))
    assert served is None, f"{place} serves {served}"


@then(sentence('the last deployment ended as "{outcome}"'))
def last_outcome(deploying: Deploying, outcome: str) -> None:
    """The newest row of the history."""
    newest = deploying.history()[0]
    assert newest["outcome"] == outcome, f"the newest deployment is {newest}"


@then(sentence('the last deployment ended as "{outcome}" because of "{code}"'))
def last_outcome_because(deploying: Deploying, outcome: str, code: str) -> None:
    """The newest row of the history, with its reason."""
    newest = deploying.history()[0]
    assert (newest["outcome"], newest["error_code"]) == (outcome, code), f"it is {newest}"
    assert newest["error_message"], "a failure has a message"


@then(sentence('its message says "{text}"'))
def message_says(deploying: Deploying, text: str) -> None:
    """The reason in the history."""
    message = deploying.history()[0]["error_message"]
    assert text in message, f"the message is {message!r}"


@then("its steps are:")
def steps_are(deploying: Deploying, datatable: Sequence[Sequence[str]]) -> None:
    """Names and states of the steps of the last attempt, in order."""
    last = max(step["attempt"] for step in deploying.last["steps"])
    steps = [[s["step"], s["state"]] for s in deploying.last["steps"] if s["attempt"] == last]
    assert [["step", "state"], *steps] == [list(row) for row in datatable]


@then(sentence('its commit is that of version "{version}"'))
def commit_is(deploying: Deploying, version: str) -> None:
    """The full commit id that was deployed."""
    assert deploying.history()[0]["git_commit"] == deploying.commits[version]


@then(sentence('its new version is "{version}"'))
def new_version_is(deploying: Deploying, version: str) -> None:
    """What the release is called."""
    assert deploying.last["new_version"] == version


@then(sentence('deployment {number:d} ends as "{outcome}"'))
def ends_as(deploying: Deploying, number: int, outcome: str) -> None:
    """The n-th requested deployment, once it has ended."""
    row = deploying.ended(deploying.asked[number - 1])
    assert row["outcome"] == outcome, f"it is {row}"


@then(sentence('version "{version}" was built {count:d} times'))
def built_times(deploying: Deploying, version: str, count: int) -> None:
    """How many builds of this commit ended."""
    assert deploying.built().count(deploying.commits[version]) == count, deploying.built()


@then("no secret is anywhere in the output, the history or the database")
def no_secret(deploying: Deploying) -> None:
    """The declared value was masked on its way."""
    result = deploying.result
    assert result is not None
    assert SECRET not in result.stdout + result.stderr
    for view in ("v_event", "v_deployment", "v_release", "v_fraise"):
        rows = deploying.subject.scratch.rows(f"SELECT data FROM {view}")
        assert rows, f"{view} is empty"
        assert SECRET not in str(rows)


@then(sentence('GraphQL says that it is "{status}" with a reason'))
def graphql_says(deploying: Deploying, status: str) -> None:
    """The same through the API."""
    server = deploying.subject.serve(observer=False)
    newest = deploying.history()[0]
    answer = server.graphql(DEPLOYMENT, {"id": newest["id"]})
    found = answer["data"]["deployment"]
    assert (found["status"], found["id"]) == (status, newest["id"])
    assert found["errorMessage"] == newest["error_message"] != ""


@then("nothing is deployed")
def nothing_deployed(deploying: Deploying) -> None:
    """No row in the history."""
    assert deploying.history() == []


@then("the plan names the steps:")
def plan_names(deploying: Deploying, datatable: Sequence[Sequence[str]]) -> None:
    """The steps of a dry run, each with a text."""
    result = deploying.result
    assert result is not None
    plans = [line for line in result.lines() if line["event"] == "plan"]
    assert len(plans) == 1
    assert [[step["step"]] for step in plans[0]["steps"]] == [list(row) for row in datatable]
    assert all(step["text"] for step in plans[0]["steps"])


@then(sentence('the status of "{place}" is "{status}"'))
def status_is(deploying: Deploying, place: str, status: str) -> None:
    """What `status` says of the environment."""

    def found() -> bool:
        shown = deploying.subject.cli("status", *split(place), "--json").json()
        return shown["status"].lower() == status

    eventually(found, f"{place} is {status}")


@then("the observer still runs")
def observer_runs(deploying: Deploying) -> None:
    """It has not ended."""
    assert deploying.worker is not None
    assert deploying.worker.exit is None, deploying.worker.tail()


@then("the observer stops in time when asked to")
def observer_stops(deploying: Deploying) -> None:
    """SIGTERM, and it ends within ten seconds, well."""
    assert deploying.worker is not None
    assert deploying.worker.stop() == 0
