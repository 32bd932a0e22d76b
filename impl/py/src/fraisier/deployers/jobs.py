"""Steps of fraises that are no services: a check, a script, a cutover without a restart."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from fraisier.deployers.base import Probe, Step, Work
from fraisier.deployers.runs import RunFolder
from fraisier.deployers.steps import Preflight, Switch
from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.domain.targets import target_label
from fraisier.domain.values import EMPTY, FraiseConfig

LOCK_SECONDS = 30.0


class JobsPreflight(Preflight):
    """Also that somebody runs the jobs, if there are any."""

    def act(self, work: Work) -> str:
        """Refuse jobs that would never run."""
        provider = work.provider
        if work.fraise.environment.jobs and not provider.runs_jobs:
            message = f'{work.fraise.label}: the provider "{provider.name}" runs no jobs'
            raise FraisierError(message, code=self.failure, hint="local and bare-metal do")
        return super().act(work)


class Activate(Switch):
    """Cutover of what does not run all the time."""

    def plan(self, fraise: FraiseConfig) -> str:
        """Names the jobs, if there are any."""
        target = target_label(fraise.environment.provider, fraise.environment.target)
        jobs = ", ".join(job.name for job in fraise.environment.jobs)
        schedule = f" and schedule {jobs}" if jobs else ""
        return f"Make the new release the current one on {target}{schedule}"

    def act(self, work: Work) -> str:
        """Let the provider do it, and say what is scheduled from now on."""
        super().act(work)
        jobs = ", ".join(job.name for job in work.fraise.environment.jobs)
        current = f"Release {work.known_release.version} is current"
        return f"{current}; scheduled: {jobs}" if jobs else current


class Run(Step):
    """
    Run the script of the fraise in the new release, before that becomes current.

    A script that has run, or may have, is never run again by a worker that takes over,
    unless the fraise is ``idempotent``. A rollback runs nothing: it makes the older
    release the current one.
    """

    name, failure, doing = "run", "script-failed", "Running the script..."

    def seconds(self, fraise: FraiseConfig) -> float:
        """``timeouts.script``, and what another run may hold it up."""
        return fraise.environment.timeouts.script + LOCK_SECONDS

    def plan(self, fraise: FraiseConfig) -> str:
        """Names the script."""
        words = shlex.join(fraise.environment.script or ("(none)",))
        return f"Run the script: {redact(words, fraise.secrets)}"

    def probe(self, work: Work) -> Probe:
        """Done when a result is known; what a step without one has done nobody knows."""
        if work.kind == "rollback":
            self.done = "Not run: a rollback only makes the older release the current one"
            return Probe.DONE
        if self.name in work.finished or self._runs(work).exit_status == 0:
            self.done = "The script has already run"
            return Probe.DONE
        return Probe.UNKNOWN if self.name in work.begun else Probe.NOT_DONE

    def act(self, work: Work) -> str:
        """Run it once, keep its output, and fail with its last lines."""
        self._refuse_doubt(work)
        return self._run(work, work.known_release.name)

    def variables(self, work: Work) -> Mapping[str, str]:
        """What the script sees beside the variables of the release."""
        return EMPTY

    def may_repeat(self, fraise: FraiseConfig) -> bool:
        """Whether it does no harm to run the script again after an attempt of unknown end."""
        return fraise.environment.idempotent

    def _refuse_doubt(self, work: Work) -> None:
        if self.name not in work.begun or self.may_repeat(work.fraise):
            return
        status = self._runs(work).exit_status
        ending = "died while it ran" if status is None else f"saw it end with {status}"
        raise FraisierError(
            f"an earlier attempt began the script and {ending}; it is not run again",
            code=self.failure,
            hint="see what it has done, then deploy with --force, or set idempotent: true",
        )

    def _run(self, work: Work, version: str) -> str:
        fraise, runs = work.fraise, self._runs(work)
        argv = fraise.environment.script or ()
        with self._alone(work), runs.output(work.tell) as tell:
            control = replace(work.provider.control, tell=tell, should_stop=work.should_stop)
            done = work.provider.under(control).run_script(
                fraise,
                version,
                argv,
                timeout_seconds=min(work.time_left(), fraise.environment.timeouts.script),
                variables={"FRAISIER_DEPLOYMENT": work.deployment_id, **self.variables(work)},
            )
            runs.ended(done)
        if not done.ok:
            message = f"the script {shlex.join(argv)} {done.describe()}"
            raise FraisierError(message, code=self.failure, hint=f"all of it: {runs.log}")
        return f"Script finished: {done.tail[-1]}" if done.tail else "Script finished"

    def _alone(self, work: Work) -> contextlib.AbstractContextManager[None]:
        return self._runs(work).alone(self.name, LOCK_SECONDS, work.should_stop)

    def _runs(self, work: Work) -> RunFolder:
        return RunFolder(Path(work.provider.home(work.fraise)), work.deployment_id)
