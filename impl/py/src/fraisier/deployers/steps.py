"""The steps that deployers are made of."""

from __future__ import annotations

from fraisier.deployers.base import Probe, Step, Work
from fraisier.deployers.releases import Release
from fraisier.deployers.retrying import retried
from fraisier.deployers.smoke import check_smoke_tests
from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.domain.targets import target_label
from fraisier.domain.values import FraiseConfig, HealthCheck, HealthState, HealthStatus
from fraisier.effects.clock import pause, ticks
from fraisier.effects.process import Stopped

# Without a health check a process must have lived for a moment within this time.
ALIVE_SECONDS_MAX = 5.0
PROVIDER_SECONDS = 30.0


class Preflight(Step):
    """Refuse what cannot work before anything is touched."""

    name, failure, doing = "preflight", "preflight-failed", "Checking the target..."

    def plan(self, fraise: FraiseConfig) -> str:
        """Names the target."""
        target = target_label(fraise.environment.provider, fraise.environment.target)
        return f"Check the configuration and the target {target}"

    def act(self, work: Work) -> str:
        """Ask the provider."""
        if work.fraise.environment.database is not None:
            from fraisier.deployers.database import check_database

            check_database(work)
        work.provider.preflight(work.fraise)
        check_smoke_tests(work.fraise, work.provider.service_url(work.fraise))
        return "Pre-flight checks passed"


class Fetch(Step):
    """Find out which exact commit was asked for, and have it here."""

    name, failure, doing = "fetch", "fetch-failed", "Pulling latest code..."
    done = "The release is already here"

    def plan(self, fraise: FraiseConfig) -> str:
        """Names the repository and the branch."""
        where = redact(fraise.fraise.repository or "the repository", fraise.secrets)
        branch = fraise.environment.own_branch
        return f"Fetch {where}, {f'branch {branch}' if branch else 'the commit asked for'}"

    def act(self, work: Work) -> str:
        """Fetch first, then resolve: local references may be old."""
        if work.release is not None:
            return self._fetch_known(work, work.release)
        retried(work, work.repository.fetch)
        commit = work.repository.resolve(commit=work.commit, branch=work.branch)
        version = work.repository.version_of(commit)
        work.release = Release(version, commit, work.deployment_id)
        return f"Code updated ({commit[:7]})"

    def _fetch_known(self, work: Work, release: Release) -> str:
        """Decided by a rollback or an earlier attempt: only the commit is needed."""
        if not work.repository.has(release.git_commit):
            retried(work, work.repository.fetch)
            work.repository.resolve(commit=release.git_commit)
        return f"Code is here ({release.git_commit[:7]})"

    def probe(self, work: Work) -> Probe:
        """Done when the release was recorded and its folder is finished."""
        known = work.release is not None and work.workshop.is_finished(work.release)
        return Probe.DONE if known else Probe.NOT_DONE


class Build(Step):
    """Make the release folder while the old release serves."""

    name, failure, doing = "build", "build-failed", "Building the release..."
    done = "Already built"

    def plan(self, fraise: FraiseConfig) -> str:
        """Names the command."""
        command = " ".join(fraise.environment.build or ("build.sh if there is one",))
        return f"Build in a new release folder: {redact(command, fraise.secrets)}"

    def act(self, work: Work) -> str:
        """Export and build unless that is done, then bring it to the target."""
        release, message = work.known_release, self.done
        if not work.workshop.is_finished(release):
            message = work.workshop.build(release)
        work.provider.prepare(work.fraise, release.name)
        return message

    def probe(self, work: Work) -> Probe:
        """Done when the folder is marked finished and the target has it; half is not done."""
        release = work.release
        finished = release is not None and work.workshop.is_finished(release)
        if release is None or not finished:
            return Probe.NOT_DONE
        there = work.provider.is_prepared(work.fraise, release.name)
        return Probe.DONE if there else Probe.NOT_DONE


class Switch(Step):
    """Cutover: from here on the deployment is finished or rolled back."""

    name, failure, doing = "switch", "switch-failed", "Switching to the new release..."
    done = "Already switched"

    def plan(self, fraise: FraiseConfig) -> str:
        """Names the target."""
        target = target_label(fraise.environment.provider, fraise.environment.target)
        return f"Switch to the new release and restart the service on {target}"

    def act(self, work: Work) -> str:
        """Let the provider switch and restart."""
        try:
            result = work.provider.deploy(work.fraise, work.known_release.name)
        except FraisierError as error:
            if error.code != "provider-failed":  # the loss of the lease, say
                raise
            raise FraisierError(error.message, code=self.failure, hint=error.hint) from error
        if not result.success:
            raise FraisierError(result.message or "the provider refused", code=self.failure)
        return f"Release {work.known_release.version} started"

    def probe(self, work: Work) -> Probe:
        """Done when the provider serves this release from a living process."""
        if work.release is None:
            return Probe.NOT_DONE
        current = work.provider.current_release(work.fraise)
        if current is None:
            return Probe.UNKNOWN
        if current != work.release.name:
            return Probe.NOT_DONE
        return Probe.DONE if work.provider.is_running(work.fraise) else Probe.UNKNOWN


class Health(Step):
    """Wait until the new release is healthy, and for no longer than it may take."""

    name, failure, doing = "health", "health-check-failed", "Health check..."

    def seconds(self, fraise: FraiseConfig) -> float:
        """What the check may take, and a little for a provider that is slow to answer."""
        check = fraise.environment.health_check
        return (check.timeout_seconds if check else ALIVE_SECONDS_MAX) + PROVIDER_SECONDS

    def plan(self, fraise: FraiseConfig) -> str:
        """Says what is looked at."""
        check = fraise.environment.health_check
        if check is None:
            return "Wait until the process has lived for a moment"
        place = redact(check.url or check.path or "", fraise.secrets)
        limit = f"at most {check.timeout_seconds:g} s"
        return f"Wait until {place} answers {check.expected_status} ({limit})"

    def act(self, work: Work) -> str:
        """Look until it is healthy or the time is over."""
        status = wait_for_health(work)
        if status.state is not HealthState.HEALTHY:
            raise FraisierError(f"Health check failed: {status.message}", code=self.failure)
        return "Health check passed"


def wait_for_health(work: Work) -> HealthStatus:
    """
    The first healthy verdict, or the last one when the time is over.

    Without a health check the provider says ``unknown`` until the process has lived
    for a moment; the first bad look decides.

    Raises:
        Stopped: ``work.should_stop`` became true.
    """
    configured = work.fraise.environment.health_check
    check = configured or HealthCheck(timeout_seconds=ALIVE_SECONDS_MAX)
    deadline = ticks() + check.timeout_seconds
    while True:
        status = work.provider.health_check(_with_timeout(work.fraise, deadline - ticks()))
        if status.state is HealthState.HEALTHY or ticks() >= deadline:
            return status
        if configured is None and status.state is not HealthState.UNKNOWN:
            return status
        if work.should_stop():
            raise Stopped
        pause(min(check.interval_seconds, max(0.0, deadline - ticks())))


def _with_timeout(fraise: FraiseConfig, seconds: float) -> FraiseConfig:
    """The same with only so much time for its health check as is left."""
    check = fraise.environment.health_check
    if check is None:
        return fraise
    left = check._replace(timeout_seconds=max(0.1, min(seconds, check.timeout_seconds)))
    return fraise._replace(environment=fraise.environment._replace(health_check=left))
