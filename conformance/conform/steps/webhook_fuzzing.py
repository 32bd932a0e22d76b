"""Steps that let schemathesis ask a server everything that the HTTP document allows, and more."""

from __future__ import annotations

import pytest
from pytest_bdd import parsers, then, when

from conform.fuzzing.run import Report, run
from conform.places import checkout
from conform.steps.asking import Happened
from conform.world import registries
from conform.world.forges import FORGES, GITLAB_SIGNED
from conform.world.workspace import Workspace

SEED = 20_260_101


@pytest.fixture
def fuzzed() -> list[Report]:
    """The reports of the scenario's runs."""
    return []


@when("every operation of the HTTP document is asked for, rightly and wrongly")
def ask_everything(workspace: Workspace, happened: Happened, fuzzed: list[Report]) -> None:
    """Schemathesis, with signed webhooks of every forge among them."""
    assert happened.server is not None, "no server is running"
    senders = [forge for forge in FORGES.values() if forge is not GITLAB_SIGNED]
    secrets = {forge.name: registries.secret_of(forge) for forge in senders}
    document = checkout() / "spec" / "openapi.yaml"
    fuzzed.append(run(document, happened.server.url, workspace.folder, secrets, SEED))


@then("every answer is one that the document tells of")
def all_conform(fuzzed: list[Report]) -> None:
    """No server error, no undocumented status, header or shape; what is wrong is refused."""
    assert fuzzed, "nothing was asked"
    assert not fuzzed[-1].failures, "\n".join(fuzzed[-1].failures)


@then(parsers.parse("at least {count:d} requests were sent, to all {operations:d} operations"))
def enough(fuzzed: list[Report], count: int, operations: int) -> None:
    """A run that sends little says little."""
    report = fuzzed[-1]
    assert report.operations == operations, report
    assert report.cases >= count, report


@then("of each operation some were taken")
def some_taken(fuzzed: list[Report]) -> None:
    """What only ever refuses has not been asked."""
    accepted = fuzzed[-1].accepted
    assert accepted and all(accepted.values()), accepted
