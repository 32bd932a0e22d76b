"""Steps that judge a Compose project by what is on the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_bdd import then

from conform.steps.compose import CANARY, TELLTALE, Composed
from conform.steps.deploy import Deploying, split
from conform.steps.deploy_sentences import sentence


@then(sentence('the container of "{service}" says which release and whose it is'))
def labelled(deploying: Deploying, composed: Composed, service: str) -> None:
    """Its labels are those that another worker, or implementation, relies on."""
    labels = composed.containers()[service]["Config"]["Labels"]
    newest = deploying.history()[0]
    row = deploying.subject.scratch.row(
        "SELECT id, data FROM v_environment WHERE name = :name", name=newest["environment"]
    )
    assert labels["fraisier.fraise"] == f"{newest['fraise']}/{newest['environment']}"
    assert labels["fraisier.scope"] == row["id"]
    assert int(labels["fraisier.fence"]) >= 1
    assert labels["fraisier.release"].startswith(newest["git_commit"][:12])
    assert service in labels["fraisier.services"].split(",")


@then(sentence('the container of "{service}" has no label of Fraisier'))
def not_labelled(composed: Composed, service: str) -> None:
    """It belongs to no release."""
    labels = composed.containers()[service]["Config"]["Labels"]
    assert not [name for name in labels if name.startswith("fraisier.")], labels


@then(sentence('the container of "{service}" was left alone'))
def left_alone(composed: Composed, service: str) -> None:
    """The one that was remembered still runs."""
    assert composed.ids()[service] == composed.seen[service]


@then(sentence('the container of "{service}" is another one'))
def replaced(composed: Composed, service: str) -> None:
    """It was made anew."""
    assert composed.ids()[service].split()[0] != composed.seen[service].split()[0]


@then(sentence("there are images of {count:d} releases"))
def images_are(composed: Composed, count: int) -> None:
    """Those of the releases that are kept, and no others."""
    images = composed.lab.images(composed.project)
    assert len(images) == count, images


@then(sentence('every container of "{place}" has stopped'))
def all_stopped(composed: Composed, place: str) -> None:
    """None runs, and none was removed."""
    states = _states(composed)
    assert states, f"{place} has no containers"
    assert set(states.values()) == {"exited"}, states


@then(sentence('every container of "{place}" runs'))
def all_run(composed: Composed, place: str) -> None:
    """All of them."""
    states = _states(composed)
    assert set(states.values()) == {"running"}, states


@then(sentence('there are the containers "{names}"'))
def containers_are(composed: Composed, names: str) -> None:
    """These, and no others."""
    assert sorted(composed.containers()) == names.split(", ")


@then("there is no container")
def none_there(composed: Composed) -> None:
    """Nothing was started."""
    assert composed.containers() == {}


@then(sentence('the service "{service}" sees the secret as it was written'))
def sees_secret(composed: Composed, service: str) -> None:
    """To the last quotation mark."""
    container = composed.containers()[service]["Id"]
    shown = composed.lab.docker("exec", container, "env").splitlines()
    assert f"API_TOKEN={CANARY}" in shown, shown


@then(sentence('the service "{service}" does not see the secret'))
def sees_no_secret(composed: Composed, service: str) -> None:
    """It is no service of the release."""
    container = composed.containers()[service]["Id"]
    assert TELLTALE not in composed.lab.docker("exec", container, "env")


@then("the secret is in no output, no row, no label and no image")
def secret_is_nowhere(deploying: Deploying, composed: Composed) -> None:
    """Only the process that needs it has it."""
    result = deploying.result
    assert result is not None
    assert TELLTALE not in result.stdout + result.stderr
    for view in ("v_event", "v_deployment", "v_release", "v_fraise"):
        rows = deploying.subject.scratch.rows(f"SELECT data FROM {view}")
        assert rows, f"{view} is empty"
        assert TELLTALE not in str(rows), f"{view} has it"
    for container in composed.containers().values():
        assert TELLTALE not in str(container["Config"]["Labels"])
    for image in composed.lab.images(composed.project):
        told = composed.lab.docker("image", "inspect", image)
        assert TELLTALE not in told + composed.lab.docker("history", "--no-trunc", image)


@then(sentence('the files that hold secrets of "{place}" are their owner\'s'))
def private_files(deploying: Deploying, place: str) -> None:
    """Nobody else may read them."""
    fraise, environment = split(place)
    folder = deploying.subject.workspace.folder
    holding = [
        path
        for path in folder.rglob("*")
        if path.is_file() and fraise in path.parts and environment in path.parts
        if TELLTALE.encode() in path.read_bytes()
    ]
    assert holding, "no file holds the secret"
    assert {oct(path.stat().st_mode & 0o077) for path in holding} == {"0o0"}, holding


def _states(composed: Composed) -> Mapping[str, Any]:
    return {name: each["State"]["Status"] for name, each in composed.containers().items()}
