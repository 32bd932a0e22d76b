"""The scheduler as the program that it is, with real jobs."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fraisier.effects.files import never, try_lock
from fraisier.effects.process import base_environment
from fraisier.effects.service_folder import ServiceFolder

NIGHTLY = "0 2 * * *"
LONG_AGO = "2020-01-01T02:00:00.000Z"
WAITING = (
    "echo $$ > {folder}/new; mv {folder}/new {folder}/pid; "
    "while [ ! -e {folder}/gate ]; do sleep 0.05; done"
)


class World:
    """A folder that a scheduler serves, and what it has written down."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.service = ServiceFolder(folder)
        for name in ("release", "logs", "locks"):
            (folder / name).mkdir()

    def job(self, name: str, script: str, **keys: Any) -> dict[str, Any]:
        """A job that missed a run, so that it begins at once when it has a schedule."""
        text = script.format(folder=self.folder)
        usual = {"schedule": NIGHTLY, "depends_on": None, "timeout_seconds": 30.0}
        return {"name": name, "argv": ["sh", "-c", text], **usual, **keys}

    def serve(self, *jobs: dict[str, Any], due: str = LONG_AGO) -> None:
        """Put the jobs in force."""
        self.release(*jobs, due=due)
        generation = self.service.ask(self._order(*jobs))
        self.service.settle(generation, never)

    def release(self, *jobs: dict[str, Any], due: str) -> None:
        """What an earlier scheduler has left behind."""
        known = {
            job["name"]: {"schedule": job["schedule"], "next_run_at": due}
            for job in jobs
            if job["schedule"]
        }
        (self.folder / "jobs.json").write_text(json.dumps({"jobs": known}))

    def again(self, *jobs: dict[str, Any]) -> None:
        """A new generation, as a new release is one."""
        self.service.settle(self.service.ask(self._order(*jobs)), never)

    def _order(self, *jobs: dict[str, Any]) -> dict[str, Any]:
        return {
            "program": "scheduler",
            "state": "running",
            "release": "one",
            "folder": str(self.folder / "release"),
            "environment": {**base_environment(), "API_TOKEN": "canary-token"},
            "jobs": list(jobs),
        }

    def known(self, name: str) -> dict[str, Any]:
        """What is written down of a job."""
        return json.loads((self.folder / "jobs.json").read_text())["jobs"].get(name, {})

    def log(self) -> str:
        """What the scheduler says."""
        path = self.folder / "logs" / "service.log"
        return path.read_text() if path.exists() else ""

    def stop(self) -> None:
        """End the scheduler and all that it runs."""
        self.service.settle(self.service.ask({"state": "stopped", "program": "scheduler"}), never)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A folder whose scheduler is gone afterwards."""
    made = World(tmp_path)
    yield made
    if made.service.desired():
        made.stop()


def eventually(happens: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait until it happens."""
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def test_serve__a_run_was_missed__is_made_up_for_once(world: World) -> None:
    """The machine was off at two o'clock for years: one run, then the next night."""
    world.serve(world.job("daily", "echo ran >> {folder}/notes"))
    eventually(lambda: world.known("daily").get("last_exit_status") == 0)
    assert (world.folder / "notes").read_text() == "ran\n"
    assert world.known("daily")["next_run_at"] > "2026"
    assert "job daily: ended with exit status 0" in world.log()


def test_serve__chain_of_jobs__stops_at_the_first_failure(world: World) -> None:
    """What runs after another runs after its success alone."""
    world.serve(
        world.job("dump", "true"),
        world.job("report", "echo 'disk is full'; exit 4", schedule=None, depends_on="dump"),
        world.job("never", "touch {folder}/never", schedule=None, depends_on="report"),
    )
    eventually(lambda: world.known("report").get("last_exit_status") == 4)
    assert "disk is full" in world.known("report")["last_error"]
    assert world.known("never") == {} or "last_run_at" not in world.known("never")
    assert not (world.folder / "never").exists()


def test_serve__both_are_due__the_dependent_waits(world: World) -> None:
    """With a schedule of its own it waits for the run that goes on."""
    world.serve(
        world.job("dump", WAITING),
        world.job("sync", "touch {folder}/synchronised", depends_on="dump"),
    )
    eventually((world.folder / "pid").exists)
    assert "last_run_at" not in world.known("sync")
    (world.folder / "gate").touch()
    eventually(lambda: world.known("sync").get("last_exit_status") == 0)


def test_serve__the_other_has_never_succeeded__does_not_run(world: World) -> None:
    """A copy of nothing helps nobody."""
    world.serve(
        world.job("dump", "exit 1"),
        world.job("sync", "touch {folder}/synchronised", depends_on="dump"),
    )
    eventually(lambda: "job sync: not started: dump has not succeeded" in world.log())
    assert not (world.folder / "synchronised").exists()


def test_serve__another_holds_the_lock__never_runs_twice_at_once(world: World) -> None:
    """A deployment that runs the script now, say."""
    lock = try_lock(world.folder / "locks" / "daily.lock")
    assert lock is not None
    world.serve(world.job("daily", "touch {folder}/ran"))
    eventually(lambda: "job daily: not started: it runs already" in world.log())
    os.close(lock)
    assert not (world.folder / "ran").exists()


def test_new_generation__while_a_job_runs__lets_it_end(world: World) -> None:
    """A deployment at two o'clock does not break the nightly backup."""
    job = world.job("daily", WAITING + "; touch {folder}/whole")
    world.serve(job)
    eventually((world.folder / "pid").exists)
    world.again(job, world.job("other", "true"))
    (world.folder / "gate").touch()
    eventually(lambda: world.known("daily").get("last_exit_status") == 0)
    assert (world.folder / "whole").exists()


def test_stop__while_a_job_runs__ends_it(world: World) -> None:
    """Nothing of it stays, and that is written down."""
    world.serve(world.job("daily", WAITING))
    eventually((world.folder / "pid").exists)
    pid = int((world.folder / "pid").read_text())
    world.stop()
    assert not Path(f"/proc/{pid}").exists()
    assert world.known("daily")["last_error"] == "stopped"
    assert not world.service.status().running


def test_kill__of_the_scheduler__takes_its_jobs_along(world: World) -> None:
    """The next one says so and goes on with the schedule."""
    job = world.job("daily", WAITING)
    world.serve(job)
    eventually((world.folder / "pid").exists)
    pid = int((world.folder / "pid").read_text())
    scheduler = world.service.status().supervisor
    assert scheduler is not None
    os.kill(scheduler, signal.SIGKILL)
    eventually(lambda: not Path(f"/proc/{pid}").exists())
    world.again(job)
    assert world.known("daily")["last_error"] == "the scheduler was killed"
    assert world.service.status().running


def test_serve__job_takes_too_long__is_ended(world: World) -> None:
    """Its time is over, and the next night it runs again."""
    world.serve(world.job("daily", "sleep 60", timeout_seconds=0.5))
    eventually(lambda: world.known("daily").get("last_error"))
    assert "took longer than 0.5 s" in world.known("daily")["last_error"]
    assert world.known("daily")["last_exit_status"] is None


def test_serve__job_prints_a_secret__is_kept_out_of_its_log(world: World) -> None:
    """What the environment calls a secret is masked."""
    world.serve(world.job("daily", "echo token is $API_TOKEN; exit 1"))
    eventually(lambda: world.known("daily").get("last_exit_status") == 1)
    log = (world.folder / "logs" / "jobs" / "daily.log").read_text()
    assert log == "token is ***\n"
    assert "canary-token" not in world.log() + json.dumps(world.known("daily"))


def test_serve__service_becomes_jobs_and_back__changes_the_program(world: World) -> None:
    """A fraise that changes its type is served by the right program, and by one only."""
    service = {
        "state": "running", "release": "two", "folder": str(world.folder / "release"),
        "argv": ["sleep", "600"], "environment": base_environment(),
    }  # fmt: skip
    first = world.service.settle(world.service.ask(service), never)
    assert first.running and first.pid is not None
    world.serve(world.job("daily", "true"))
    assert not Path(f"/proc/{first.pid}").exists()
    eventually(lambda: world.known("daily").get("last_exit_status") == 0)
    second = world.service.settle(world.service.ask(service), never)
    assert second.running and second.release == "two"
    world.service.settle(world.service.ask({"state": "stopped"}), never)
