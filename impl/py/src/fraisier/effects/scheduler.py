"""
Run the jobs of a fraise by the clock, detached from whoever asked for it.

Its own program (``reaping.own_program``): ``scheduler FOLDER``. It serves a folder as
``supervisor.py`` does; ``desired.json`` has ``program: scheduler`` and ``jobs`` instead
of ``argv``. A new generation changes what comes next: runs that have begun end in peace.

    jobs.json           next run, newest run and how it ended, for every job
    logs/jobs/NAME.log  output of the job's runs, the newest last
    locks/NAME.lock     held while the job runs: never twice at once

A run that was missed because nothing ran here is made up for once. With ``depends_on`` a
job only runs while the other's newest run is a success, and waits for one going on;
without a schedule it runs whenever that one has succeeded. Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from pathlib import Path
from typing import Any

from fraisier.domain.cron import parse_cron
from fraisier.effects.job_run import JobRun, Outcome
from fraisier.effects.moments import as_seconds, as_text
from fraisier.effects.supervisor import (
    STOP_SECONDS,
    Supervisor,
    enter_folder,
    read_document,
    write_document,
)

_Document = dict[str, Any]
_SERVICE_LOG = Path("logs/service.log")


class Scheduler(Supervisor):
    """The loop and the runs below it. The working folder is the fraise's home."""

    program = "scheduler"

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[str, _Document] = {}
        self.known: dict[str, _Document] = read_document("jobs.json").get("jobs", {})
        self.running: dict[str, JobRun] = {}
        self.waiting: set[str] = set()
        self.ended: queue.SimpleQueue[tuple[str, Outcome]] = queue.SimpleQueue()
        self.stopping = threading.Event()
        for name, known in self.known.items():
            if known.pop("running", False):  # an earlier scheduler was killed, and its runs too
                self._close(name, Outcome(None, "the scheduler was killed"))

    def _follow(self, desired: _Document) -> None:
        self.desired, self.generation = desired, int(desired.get("generation", -1))
        if desired.get("state") != "running":
            return
        self.jobs = {job["name"]: job for job in desired["jobs"]}
        for name, job in self.jobs.items():
            known = self.known.setdefault(name, {})
            if known.get("schedule") != job["schedule"]:
                known.update(schedule=job["schedule"], next_run_at=self._next(job))
        for name in self.known.keys() - self.jobs.keys() - self.running.keys():
            del self.known[name]
        self.waiting &= self.jobs.keys()
        self.pid = os.getpid()
        self._keep()
        self._tell("running")

    def _next(self, job: _Document) -> str | None:
        if job["schedule"] is None:
            return None
        following = parse_cron(job["schedule"]).next_timestamp(time.time())
        return None if following is None else as_text(following)

    def _start_what_is_due(self) -> None:
        for name, job in self.jobs.items():
            due = self.known[name].get("next_run_at")
            if due is not None and as_seconds(due) <= time.time():
                self.known[name]["next_run_at"] = self._next(job)
                self._begin(job)

    def _begin(self, job: _Document) -> None:
        """Run it now, or later when it waits for another, or say why not."""
        name, other = job["name"], job["depends_on"]
        if name in self.running:
            self._say(name, "not started: the run before goes on")
        elif other in self.running:
            self.waiting.add(name)
        elif other is not None and self.known.get(other, {}).get("last_exit_status") != 0:
            self._say(name, f"not started: {other} has not succeeded")
            self._keep()
        else:
            run = JobRun(job, self.desired, self.stopping, self._report)
            self.running[name] = run
            self.known[name].update(running=True, last_run_at=as_text(time.time()))
            self._keep()
            self._say(name, "started")
            run.start()

    def _report(self, name: str, outcome: Outcome) -> None:
        """In the thread of the run: tell the loop and wake it."""
        self.ended.put((name, outcome))
        with contextlib.suppress(OSError):
            os.write(self.control, b".")

    def _reap(self) -> None:
        """Collect the runs that have ended. Not the processes: the runs wait for their own."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._finish(*self.ended.get_nowait())

    def _finish(self, name: str, outcome: Outcome) -> None:
        self.running.pop(name, None)
        if outcome.overlapped:
            self.known[name].pop("running", None)
            self._say(name, "not started: it runs already")
        else:
            self._close(name, outcome)
            self._say(name, outcome.describe())
        self._keep()
        for job in self.jobs.values():
            if job["depends_on"] != name or self.stopping.is_set():
                continue
            follows = job["schedule"] is None and outcome.exit_status == 0
            if job["name"] in self.waiting or follows:
                self.waiting.discard(job["name"])
                self._begin(job)

    def _close(self, name: str, outcome: Outcome) -> None:
        self.known[name].pop("running", None)
        self.known[name].update(
            last_ended_at=as_text(time.time()),
            last_exit_status=outcome.exit_status,
            last_error=outcome.error,
        )

    def _stop(self) -> None:
        """End the runs that go on; they are told as stopped."""
        self.stopping.set()
        deadline = time.monotonic() + STOP_SECONDS
        for run in list(self.running.values()):
            run.join(max(0.0, deadline - time.monotonic()))
        self._reap()
        self.desired, self.pid = {}, 0

    def _wait(self) -> None:
        texts = (self.known[name].get("next_run_at") for name in self.jobs)
        nearest = min((as_seconds(text) for text in texts if text), default=None)
        now = time.time()
        self.start_at = None if nearest is None else time.monotonic() + max(0.0, nearest - now)
        super()._wait()

    def _keep(self) -> None:
        """Write the state down. On a full disk the jobs go on without."""
        with contextlib.suppress(OSError):
            write_document("jobs.json", {"jobs": self.known})

    def _say(self, name: str, text: str) -> None:
        line = f"{as_text(time.time())} job {name}: {text}\n"
        with contextlib.suppress(OSError), _SERVICE_LOG.open("a", encoding="utf-8") as log:
            log.write(line)


def main() -> None:
    """Serve the folder named on the command line."""
    enter_folder()
    for name in ("locks", "logs/jobs"):
        Path(name).mkdir(mode=0o700, exist_ok=True)
    Scheduler().serve()
