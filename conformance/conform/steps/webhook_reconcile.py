"""Steps of scenarios in which a webhook got lost and the repository is asked instead."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
import yaml
from pytest_bdd import given, then, when

from conform.steps.asking import Happened
from conform.steps.deploy import Deploying, split
from conform.steps.deploy_sentences import sentence
from conform.steps.webhook import Delivering
from conform.world.holding import Holding, SlowForge
from conform.world.processes import Running
from conform.world.waiting import eventually

LOOKS = "SELECT fraise, next_at, completed_at, failures, error FROM v_reconcile"
WAIT_SECONDS = 60.0


@dataclass(slots=True)
class Reconciling:
    """Looks at repositories, and a forge that can be made to wait."""

    deploying: Deploying
    forge: SlowForge | None = None
    holding: Holding | None = None
    looking: Running | None = None
    failures: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def change(self, fraise: str, interval: int = 1, **keys: Any) -> None:
        """Other keys of a fraise; ``repository`` is that of its git."""
        workspace = self.deploying.subject.workspace
        document = yaml.safe_load(workspace.config.read_text())
        if "repository" in keys:
            document["fraises"][fraise]["git"]["repository"] = keys.pop("repository")
        document["fraises"][fraise] |= keys
        document["reconcile"] = {"interval": interval}
        workspace.write_config(yaml.safe_dump(document, sort_keys=False))

    def state(self, fraise: str = "shop") -> dict[str, Any]:
        """What is known of the looks at a fraise's repository; empty when there are none."""
        rows = self.deploying.subject.scratch.rows(LOOKS + " WHERE fraise = :fraise", fraise=fraise)
        return dict(rows[0]) if rows else {}

    def run_once(self) -> None:
        """An observer that ends when nothing waits and nothing is due."""
        done = self.deploying.subject.cli("observe", "--once", "--json")
        assert done.exit == 0, f"{done.stdout} {done.stderr}"
        self.deploying.result = done

    def look(self) -> None:
        """Let an observer look until the repository was asked once more."""
        before = self.state().get("completed_at")

        def looked() -> bool:
            self.run_once()
            return self.state().get("completed_at") not in (None, before)

        eventually(looked, "another look at the repository", WAIT_SECONDS)

    def fail_to_look(self) -> None:
        """Let an observer look until the repository could not be asked once more."""
        before = self.state().get("failures", 0)

        def failed() -> bool:
            self.run_once()
            return self.state()["failures"] > before

        eventually(failed, "another look that fails", WAIT_SECONDS)
        self.failures.append(self.state())

    def requested(self, place: str) -> list[str | None]:
        """The versions that were requested for a place, oldest first."""
        known = {commit: version for version, commit in self.deploying.commits.items()}
        rows = [row for row in self.deploying.history() if [*split(place)] == _place(row)]
        return [known.get(row["git_commit"], row["git_commit"]) for row in reversed(rows)]


def _place(row: Any) -> list[str]:
    return [str(row["fraise"]), str(row["environment"])]


@pytest.fixture
def reconciling(deploying: Deploying) -> Generator[Reconciling]:
    """The looks of one scenario; a forge of its own ends with it."""
    reconciling = Reconciling(deploying)
    yield reconciling
    if reconciling.holding is not None:
        reconciling.holding.let_go()
    if reconciling.forge is not None:
        reconciling.forge.stop()


@given(sentence('"{fraise}" is reconciled'))
def reconciled(reconciling: Reconciling, fraise: str) -> None:
    """With the shortest interval there is."""
    reconciling.change(fraise, reconcile=True)


@given(sentence('"{fraise}" is reconciled once a day'))
def reconciled_daily(reconciling: Reconciling, fraise: str) -> None:
    """So that nobody asks a second time in this scenario."""
    reconciling.change(fraise, interval=86_400, reconcile=True)


@given(sentence('the environment "{place}" has no branch but the tags "{tag}"'))
def tags_only(reconciling: Reconciling, place: str, tag: str) -> None:
    """Only tags lead there."""
    workspace = reconciling.deploying.subject.workspace
    fraise, environment = split(place)
    document = yaml.safe_load(workspace.config.read_text())
    document["branch_mapping"] = {}
    place_of = document["fraises"][fraise]["environments"][environment]
    del place_of["branch"]
    place_of["tag"] = tag
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


@given(sentence('the repository of "{fraise}" is at a forge that answers when it is let'))
def slow_forge(reconciling: Reconciling, fraise: str) -> None:
    """The same repository over HTTP."""
    workspace = reconciling.deploying.subject.workspace
    reconciling.holding = Holding(workspace.folder)
    reconciling.forge = SlowForge(workspace.repository.origin, reconciling.holding)
    reconciling.change(fraise, repository=reconciling.forge.url)


@given("the repository is looked at")
@when("the repository is looked at")
def look(reconciling: Reconciling) -> None:
    """By an observer that then ends; what it finds is deployed."""
    reconciling.look()


@when("the repository is looked at twice more")
def look_twice(reconciling: Reconciling) -> None:
    """Each time by another observer."""
    reconciling.look()
    reconciling.look()


@when("an observer runs until nothing is left to do")
def observe_once(reconciling: Reconciling) -> None:
    """It would look, if anything were due."""
    reconciling.run_once()


@when("an observer has begun to look")
def begin_to_look(reconciling: Reconciling) -> None:
    """The forge was asked and does not answer; an observer that came too early has ended."""
    _hold(reconciling)

    def asked() -> bool:
        assert reconciling.forge is not None
        if reconciling.looking is None or reconciling.looking.exit is not None:
            subject = reconciling.deploying.subject
            reconciling.looking = subject.spawn("observe", "--once", "--json")
        return reconciling.forge.asked.is_set()

    eventually(asked, "a question to the forge", WAIT_SECONDS)
    _wait_until_asked(reconciling)


@when("an observer that stays has begun to look")
def stay_and_look(reconciling: Reconciling) -> None:
    """The same of an observer that goes on."""
    _hold(reconciling)
    worker = reconciling.deploying.subject.spawn("observe", "--json")
    reconciling.looking = reconciling.deploying.worker = worker
    _wait_until_asked(reconciling)


def _hold(reconciling: Reconciling) -> None:
    assert reconciling.holding is not None, "the repository is at no forge of the scenario"
    reconciling.holding.hold("fetch")


def _wait_until_asked(reconciling: Reconciling) -> None:
    assert reconciling.forge is not None
    eventually(reconciling.forge.asked.is_set, "a question to the forge", WAIT_SECONDS)
    reconciling.forge.asked.clear()


@when("the forge answers")
def answer(reconciling: Reconciling) -> None:
    """And the observer that waits for it ends."""
    assert reconciling.holding is not None
    reconciling.holding.let_go()
    assert reconciling.looking is not None
    assert reconciling.looking.wait(WAIT_SECONDS) == 0, reconciling.looking.tail()


@when(sentence('a webhook tells that "{branch}" moved from version "{old}" to version "{new}"'))
def deliver_move(
    delivering: Delivering, reconciling: Reconciling, branch: str, old: str, new: str
) -> None:
    """A webhook of the forge, of where the branch was and where it is."""
    assert reconciling.forge is not None
    commits = reconciling.deploying.commits
    repository = {"full_name": "example/shop", "clone_url": reconciling.forge.url}
    push = delivering.push(branch, commits[new], before=commits[old], repository=repository)
    delivering.send(push)


@when(sentence('the newest commit gets the annotated tag "{name}"'))
def annotated(reconciling: Reconciling, name: str) -> None:
    """A tag that is an object of its own, which nobody can deploy."""
    reconciling.deploying.subject.workspace.repository.annotate(name)


@when("the repository goes away")
def goes_away(reconciling: Reconciling) -> None:
    """Nobody can read it."""
    origin = reconciling.deploying.subject.workspace.repository.origin
    origin.rename(origin.with_suffix(".away"))


@when("the repository comes back")
def comes_back(reconciling: Reconciling) -> None:
    """As it was."""
    origin = reconciling.deploying.subject.workspace.repository.origin
    origin.with_suffix(".away").rename(origin)


@when("looking has failed twice")
def failed_twice(reconciling: Reconciling) -> None:
    """Two observers tried, one after the other."""
    reconciling.fail_to_look()
    reconciling.fail_to_look()


@then("the second try was later than the interval says")
def backs_off(reconciling: Reconciling) -> None:
    """Each failure makes the pause longer: four intervals after two, less a tenth."""
    first, second = reconciling.failures
    assert (first["failures"], second["failures"]) == (1, 2)
    pause = _moment(second["next_at"]) - _moment(second["completed_at"])
    assert pause.total_seconds() >= 3.0, (first, second)


def _moment(text: Any) -> datetime:
    return text if isinstance(text, datetime) else datetime.fromisoformat(str(text))


@then("the observer and the doctor say why")
def say_why(reconciling: Reconciling, happened: Happened) -> None:
    """A line of the observer's log, and a finding with the time of the next try."""
    result = reconciling.deploying.result
    assert result is not None
    told = [line for line in result.lines() if line.get("level") == "error"]
    assert any("not reconciled" in line["line"] for line in told), result.stdout
    happened.result = reconciling.deploying.subject.cli("doctor", "--json")
    assert _findings(happened), happened.result.stdout


@then("the doctor says that all is well with it")
def well_again(reconciling: Reconciling, happened: Happened) -> None:
    """No word of what was."""
    assert reconciling.state()["error"] is None
    happened.result = reconciling.deploying.subject.cli("doctor", "--json")
    assert not _findings(happened), happened.result.stdout


def _findings(happened: Happened) -> list[dict[str, Any]]:
    document = happened.command.json()
    findings = document.get("findings") or document["error"]["findings"]
    return [
        each
        for each in findings
        if each["where"] == "fraises.shop.reconcile" and each["level"] == "warning"
    ]


@then(sentence('these versions were requested for "{place}": {versions}'))
def requested(reconciling: Reconciling, place: str, versions: str) -> None:
    """All that ever was, oldest first."""
    assert reconciling.requested(place) == versions.split(", ")


@then(sentence('nothing was requested for "{place}"'))
def nothing_requested(reconciling: Reconciling, place: str) -> None:
    """Not by anybody."""
    assert reconciling.requested(place) == []


@then("the newest deployment was found by looking")
def found_by_looking(deploying: Deploying) -> None:
    """The history says who asked for it, and how."""
    newest = deploying.history()[0]
    assert (newest["triggered_by"], newest["actor"]) == ("SCHEDULED", "reconcile"), newest


@then("the repository is looked at by nobody")
def nobody_looks(reconciling: Reconciling) -> None:
    """It is not even in the list."""
    assert reconciling.state() == {}


@then("nobody else has asked the forge")
def asked_once(reconciling: Reconciling) -> None:
    """Since the one that waits for it."""
    assert reconciling.forge is not None
    assert not reconciling.forge.asked.is_set()


@then("the observer ends well although the forge does not answer")
def ends_well(reconciling: Reconciling) -> None:
    """SIGTERM, in the middle of a look."""
    assert reconciling.looking is not None
    assert reconciling.looking.stop() == 0, reconciling.looking.tail()
