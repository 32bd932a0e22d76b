"""Doctor: every fraise in every environment, its repository and its target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fraisier.domain.errors import FraisierError
from fraisier.domain.findings import Finding, fine, problem, warning
from fraisier.domain.patterns import is_pattern, matching
from fraisier.domain.values import SERVICE_TYPES, FraiseConfig
from fraisier.effects.process import Stopped
from fraisier.git.remote import refs_at
from fraisier.operations.jobs import job_statuses
from fraisier.operations.parts import Application

_PROCESSES = ("local", "bare-metal")  # the others have a health of their own
_MEND_REPOSITORY = "git ls-remote must work for the user that runs Fraisier"


def look(app: Application, chosen: Sequence[FraiseConfig]) -> Iterator[Finding]:
    """What each environment says; every repository is asked once."""
    repositories: dict[str, frozenset[str] | FraisierError] = {}
    for fraise in chosen:
        yield from _kind(fraise)
        yield from _repository(fraise, repositories)
        yield from _database(app, fraise)
        yield from _target(app, fraise)
        yield from _jobs(app, fraise)


def _kind(fraise: FraiseConfig) -> Iterator[Finding]:
    gate_is_life = fraise.fraise.type == "api" and fraise.environment.provider in _PROCESSES
    if gate_is_life and fraise.environment.health_check is None:
        what = "there is no health check: a deployment succeeds when the process lives"
        yield warning(what, fraise.label, "set health_check.path or health_check.url")


def _repository(
    fraise: FraiseConfig, repositories: dict[str, frozenset[str] | FraisierError]
) -> Iterator[Finding]:
    address = fraise.fraise.repository
    if address is None:
        hint = f"set fraises.{fraise.name}.git.repository"
        yield problem(f"{fraise.name} has no repository", fraise.label, hint)
        return
    if address not in repositories:
        repositories[address] = _names(address, fraise)
    names = repositories[address]
    if isinstance(names, FraisierError):
        yield problem(names.message, address, names.hint or _MEND_REPOSITORY)
        return
    yield fine("the repository can be read", address)
    for branch in fraise.environment.branches:
        if is_pattern(branch):
            yield _matched(branch, names, fraise.label)
        elif branch in names:
            yield fine(f"the branch {branch} is there", fraise.label)
        else:
            hint = "push it, or correct the branch in fraises.yaml"
            yield problem(f'the repository has no branch "{branch}"', fraise.label, hint)


def _matched(pattern: str, names: frozenset[str], label: str) -> Finding:
    """A pattern may well wait for its first branch."""
    found = len(matching(pattern, names))
    return fine(f"branches that match {pattern}: {found}", label)


def _names(address: str, fraise: FraiseConfig) -> frozenset[str] | FraisierError:
    try:
        refs = refs_at(address, fraise.secrets)
        return frozenset(ref.name for ref in refs if ref.ref_type == "branch")
    except FraisierError as error:
        return error


def _database(app: Application, fraise: FraiseConfig) -> Iterator[Finding]:
    if fraise.environment.database is not None and fraise.fraise.type in SERVICE_TYPES:
        from fraisier.deployers.database import diagnose_database

        yield from diagnose_database(fraise, app.database_url)


def _target(app: Application, fraise: FraiseConfig) -> list[Finding]:
    try:
        provider = app.provider(fraise.environment.provider)
        return provider.diagnose(fraise)
    except FraisierError as error:
        return [problem(error.message, fraise.label, error.hint)]
    except (OSError, Stopped) as error:
        what = f"the target cannot be looked at: {error}"
        return [problem(what, fraise.label, None)]


def _jobs(app: Application, fraise: FraiseConfig) -> Iterator[Finding]:
    """A job that fails hinders no deployment, and yet somebody should know."""
    if not fraise.environment.jobs:
        return
    for status in job_statuses(app.state_folder, fraise).values():
        if status.last_error is not None:
            what = f"the job {status.name}: {status.last_error.splitlines()[0]}"
            yield warning(what, fraise.label, "fraisier logs shows what it printed")
        elif status.last_ended_at is not None:
            what = f"the job {status.name} ended well at {status.last_ended_at}"
            yield fine(what, fraise.label)
