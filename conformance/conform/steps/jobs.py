"""Steps about fraises that are no services: scripts, jobs by the clock, ways of their own."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from pytest_bdd import given, then, when

from conform.steps.deploy import SECRET, Deploying, split
from conform.steps.deploy_hooks import configure
from conform.steps.deploy_sentences import sentence
from conform.world.waiting import eventually

# A job begins with the next minute; the machine may be busy.
MINUTE_SECONDS = 90.0
SCRIPTS = {
    "succeeds": 'echo "loaded 3 rows of $FRAISIER_FRAISE"\n',
    "fails": 'echo "row 7 is bad" >&2\nexit 3\n',
    "prints a secret and fails": f'echo "the password is {SECRET}"\nexit 3\n',
    "waits": "echo $$ > {started}\nn=0\n"
    "while [ ! -e {gate} ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done\n",
}
# It is well unless the release says otherwise.
CUSTOM = """#!/bin/sh
version=$(cat version.txt)
[ "$1" = health ] && exec grep -q ok behaviour.txt
echo "$1 $version" >> {notes}
"""


def notes(deploying: Deploying) -> Path:
    """Where scripts and jobs write down that they run."""
    return deploying.subject.workspace.folder / "notes"


def noted(deploying: Deploying) -> list[str]:
    """What they have written down, in order."""
    path = notes(deploying)
    return path.read_text().splitlines() if path.exists() else []


def no_service(deploying: Deploying, fraise: str, kind: str, **keys: Any) -> None:
    """A fraise of the `local` provider without anything that runs all the time."""
    deploying.subject.workspace.configure(fraise, program="none", type=kind, **keys)
    with _document(deploying) as document:
        target = {"provider": "local"}
        document["fraises"][fraise]["environments"]["production"]["target"] = target


@contextmanager
def _document(deploying: Deploying) -> Generator[dict[str, Any]]:
    """The configuration, written again afterwards."""
    workspace = deploying.subject.workspace
    document: dict[str, Any] = yaml.safe_load(workspace.config.read_text())
    yield document
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


def commit_script(deploying: Deploying, name: str, text: str) -> None:
    """A script of the repository that first writes down that it runs."""
    names = {key: str(path) for key, path in deploying.files.items()}
    text = text.format(notes=notes(deploying), **names)
    deploying.subject.workspace.repository.commit_files({name: text}, name)


@given(sentence('a pipeline "{fraise}" whose script "{does}"'))
def a_pipeline(deploying: Deploying, fraise: str, does: str) -> None:
    """A fraise of type etl."""
    no_service(deploying, fraise, "etl", script="./load.sh")
    change_script(deploying, does)


@given(sentence('the script "{does}"'))
@when(sentence('the script "{does}" from now on'))
def change_script(deploying: Deploying, does: str) -> None:
    """Another text of the same script, committed."""
    begin = '#!/bin/sh\necho "run $(cat version.txt)" >> {notes}\n'
    commit_script(deploying, "load.sh", begin + SCRIPTS[does])


@given(sentence('the script of "{fraise}" may be repeated'))
def idempotent(deploying: Deploying, fraise: str) -> None:
    """Its author says so."""
    configure(deploying, fraise, idempotent=True)


@given(sentence('a secret of "{fraise}" is declared'))
def a_secret(deploying: Deploying, fraise: str) -> None:
    """A value that may appear nowhere."""
    configure(deploying, fraise, variables={"API_TOKEN": SECRET})


@when("the script has begun to wait")
def script_waits(deploying: Deploying) -> None:
    """The worker is in the middle of the script."""
    eventually(deploying.files["started"].exists, "the start of the script")


@when("the script may go on")
def script_goes_on(deploying: Deploying) -> None:
    """Let this and all later scripts end."""
    deploying.files["gate"].touch()


@then(sentence('the script has run for "{versions}"'))
def script_ran(deploying: Deploying, versions: str) -> None:
    """Once for each version named, and no more."""
    expected = [f"run {version}" for version in versions.split(", ")]
    assert noted(deploying) == expected


@then("the script has never run")
def script_never_ran(deploying: Deploying) -> None:
    """Nothing was begun."""
    assert noted(deploying) == []


@then(sentence('the current version of "{place}" is that of "{version}"'))
def current_version(deploying: Deploying, place: str, version: str) -> None:
    """What `status` says."""
    shown = deploying.subject.cli("status", *split(place), "--json").json()
    assert shown["current_commit"] == deploying.commits[version], shown


@given(sentence('a fraise "{fraise}" with jobs:'))
def a_scheduled(deploying: Deploying, fraise: str, datatable: Sequence[Sequence[str]]) -> None:
    """Jobs that write down their name; one that fails does so too."""
    jobs: dict[str, dict[str, Any]] = {}
    for name, schedule, depends_on, exit_status in datatable[1:]:
        script = f"echo {name} >> {notes(deploying)}; echo '{name} says hello'; exit {exit_status}"
        keys = {"schedule": schedule, "depends_on": depends_on}
        written = {key: value for key, value in keys.items() if value != "-"}
        jobs[name] = {**written, "script": ["sh", "-c", script]}
    no_service(deploying, fraise, "scheduled")
    configure(deploying, fraise, "production", jobs=jobs)


@when(sentence('the job "{name}" is taken out of "{fraise}"'))
def without_job(deploying: Deploying, name: str, fraise: str) -> None:
    """The next release has it no more."""
    with _document(deploying) as document:
        del document["fraises"][fraise]["environments"]["production"]["jobs"][name]


def job(deploying: Deploying, place: str, name: str) -> Mapping[str, Any]:
    """What `status` says of a job."""
    shown = deploying.subject.cli("status", *split(place), "--json").json()
    return next(each for each in shown["jobs"] if each["name"] == name)


@when(sentence('the job "{name}" of "{place}" has ended with {status:d}'))
def job_ended(deploying: Deploying, name: str, place: str, status: int) -> None:
    """Its newest run, as `status` shows it; a scheduled one begins with the next minute."""

    def over() -> bool:
        return job(deploying, place, name)["last_exit_status"] == status

    eventually(over, f"the end of the job {name} with {status}", MINUTE_SECONDS)


@then(sentence('the jobs of "{place}" have run in the order "{names}"'))
def jobs_ran(deploying: Deploying, place: str, names: str) -> None:
    """The first runs; a minute later there may be more."""
    expected = names.split(", ")
    assert noted(deploying)[: len(expected)] == expected
    assert set(noted(deploying)) == set(expected)


@then(sentence('the job "{name}" of "{place}" has a next run'))
def has_next_run(deploying: Deploying, name: str, place: str) -> None:
    """It will come, and nothing has run yet."""
    shown = job(deploying, place, name)
    assert shown["next_run_at"] is not None, shown


@then(sentence('the job "{name}" of "{place}" has no next run'))
def has_no_next_run(deploying: Deploying, name: str, place: str) -> None:
    """It runs after another, or not any more."""
    shown = job(deploying, place, name)
    assert shown["next_run_at"] is None, shown


@then(sentence('"{place}" has the jobs "{names}"'))
def jobs_listed(deploying: Deploying, place: str, names: str) -> None:
    """What `list` shows."""
    fraise, environment = split(place)
    listed = deploying.subject.cli("list", "--json").json()["fraises"]
    found = next(each for each in listed if each["name"] == fraise)
    jobs = next(e for e in found["environments"] if e["name"] == environment)["jobs"]
    assert [each["name"] for each in jobs] == names.split(", ")


@given(sentence('a fraise "{fraise}" with a way of its own'))
def a_custom(deploying: Deploying, fraise: str) -> None:
    """A script that is asked to deploy, to roll back and for the health."""
    check = {"url": "http://127.0.0.1:9/unused", "timeout": 2, "interval": 0.1}
    no_service(deploying, fraise, "custom", script="./own.sh", keep_releases=2)
    configure(deploying, fraise, health_check=check)
    commit_script(deploying, "own.sh", CUSTOM)


@then(sentence('the script was asked to "{verbs}"'))
def script_asked(deploying: Deploying, verbs: str) -> None:
    """Verbs and versions, in order, without the looks at the health."""
    assert noted(deploying) == verbs.split(", ")
