"""
Values that the layers hand to each other. Standard library only.

Named tuples: a dataclass costs several times as much at every start of the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from fraisier.domain.patterns import is_pattern

EMPTY: Mapping[str, Any] = MappingProxyType({})
SERVICE_TYPES = ("api", "worker")
SERVICE_KEYS = ("command", "systemd_service", "service", "services", "image", "file")

Command = tuple[str, ...]


class HealthCheck(NamedTuple):
    """How to find out whether a service is well: ``url``, or ``path`` on the target's port."""

    path: str | None = None
    url: str | None = None
    timeout_seconds: float = 30.0
    interval_seconds: float = 0.2
    expected_status: int = 200


class Job(NamedTuple):
    """
    A job of an environment; ``schedule`` is a cron expression.

    With ``depends_on`` it only runs while the other's newest run is a success; without
    a schedule it runs whenever that one has succeeded.
    """

    name: str
    schedule: str | None = None
    script: Command = ()
    depends_on: str | None = None
    timeout: float = 21_600.0


class Hooks(NamedTuple):
    """Commands around a deployment: before cutover, after a success, after a failure."""

    before: tuple[Command, ...] = ()
    after: tuple[Command, ...] = ()
    on_failure: tuple[Command, ...] = ()


class Timeouts(NamedTuple):
    """How many seconds each kind of step may take; ``hook`` is for one hook."""

    fetch: float = 600.0
    build: float = 1_800.0
    backup: float = 1_800.0
    migrate: float = 1_800.0
    compile: float = 600.0
    seed: float = 600.0
    switch: float = 300.0
    hook: float = 300.0
    script: float = 3_600.0
    smoke: float = 60.0


class Retention(NamedTuple):
    """Which backups go: all beyond the newest ``count_max``, all older than ``days_max``."""

    count_max: int | None = None
    days_max: int | None = None


class Environment(NamedTuple):
    """
    One environment of a fraise, as ``fraises.yaml`` has it (variables expanded).

    ``branches`` and ``tags`` are what deploys to it by itself: names and patterns. With
    ``paths`` only a push that touches one of them does.
    """

    name: str
    provider: str
    target: Mapping[str, Any] = EMPTY
    branches: tuple[str, ...] = ()
    build: tuple[str, ...] | None = None
    health_check: HealthCheck | None = None
    database: Mapping[str, Any] | None = None
    jobs: tuple[Job, ...] = ()
    variables: Mapping[str, str] = EMPTY
    hooks: Hooks = Hooks()
    smoke_tests: tuple[str | Command, ...] = ()
    timeouts: Timeouts = Timeouts()
    keep_releases: int = 5
    script: Command | None = None
    idempotent: bool = False
    schedule: str | None = None
    destination: str | None = None
    retention: Retention = Retention()
    restore_check: bool = False
    production: bool = False
    tags: tuple[str, ...] = ()
    paths: tuple[str, ...] | None = None

    @property
    def own_branch(self) -> str | None:
        """The branch that is deployed when nobody says which: the first that is a name."""
        return next((branch for branch in self.branches if not is_pattern(branch)), None)


class Fraise(NamedTuple):
    """
    A deployable service, as ``fraises.yaml`` has it.

    ``only_provider`` is the forge that it names itself: webhooks of others do not count.
    With ``reconcile`` its repository is asked from time to time for pushes that got lost.
    """

    name: str
    type: str
    description: str | None = None
    git_provider: str = "github"
    repository: str | None = None
    database: Mapping[str, Any] | None = None
    environments: Mapping[str, Environment] = EMPTY
    only_provider: str | None = None
    reconcile: bool = False


class FraiseConfig(NamedTuple):
    """
    What a provider and a deployer work on: one fraise in one environment.

    ``secrets`` are the texts that may appear in no log, event or error.
    """

    fraise: Fraise
    environment: Environment
    secrets: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Name of the fraise."""
        return self.fraise.name

    @property
    def label(self) -> str:
        """``fraise/environment``, for messages and folder names."""
        return f"{self.fraise.name}/{self.environment.name}"

    @property
    def has_service(self) -> bool:
        """Whether something of it runs all the time; a custom fraise may have it either way."""
        kind, environment = self.fraise.type, self.environment
        if kind != "custom":
            return kind in SERVICE_TYPES
        own = environment.script is not None or bool(environment.jobs)
        return not own and any(environment.target.get(key) for key in SERVICE_KEYS)


class HealthState(StrEnum):
    """What a health check saw (``tb_fraise_state.status``)."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"


class HealthStatus(NamedTuple):
    """The verdict of a health check and why."""

    state: HealthState
    message: str = ""


class DeploymentResult(NamedTuple):
    """What a provider did: the version that now serves and the one before, if any."""

    success: bool
    version: str
    previous_version: str | None = None
    message: str = ""
    details: Mapping[str, Any] = EMPTY


class ScriptResult(NamedTuple):
    """How a script on the target ended, and its last lines, redacted."""

    exit_status: int
    tail: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """It ended with 0."""
        return self.exit_status == 0

    def describe(self) -> str:
        """Exit status and last lines, for messages of errors."""
        return "\n".join([f"ended with exit status {self.exit_status}", *self.tail[-15:]])


class JobStatus(NamedTuple):
    """What is known of a job's runs. Times are UTC in RFC 3339."""

    name: str
    running: bool = False
    last_run_at: str | None = None
    last_ended_at: str | None = None
    last_exit_status: int | None = None
    last_error: str | None = None
    next_run_at: str | None = None


class RefChange(NamedTuple):
    """
    What happened to one branch or tag; ``event_type`` is push, tag or delete.

    ``before`` and ``commit_sha`` are ``None`` where the ref did not exist.
    """

    event_type: str
    branch: str | None = None
    tag: str | None = None
    before: str | None = None
    commit_sha: str | None = None


class WebhookEvent(NamedTuple):
    """
    A forge's webhook in one shape for all forges.

    ``event_type`` is push, tag, delete, ping or other. ``repository_keys`` are
    ``host/owner/name`` in lower case for every clone URL that the payload names.
    A delivery that holds several ``changes`` tells of the one that counts most in
    its own fields, too: the first push, else the first tag, else the first.
    ``paths`` are the files that were touched; ``None`` if the forge does not tell all.
    """

    provider: str
    event_type: str
    branch: str | None = None
    commit_sha: str | None = None
    tag: str | None = None
    before: str | None = None
    sender: str | None = None
    repository: str | None = None
    repository_keys: tuple[str, ...] = ()
    native_event: str | None = None
    delivery_id: str | None = None
    changes: tuple[RefChange, ...] = ()
    paths: tuple[str, ...] | None = None

    def as_dict(self) -> dict[str, Any]:
        """The ``event`` argument of ``fn_process_webhook``."""
        return {
            "event_type": self.event_type,
            "native_event": self.native_event,
            "branch": self.branch,
            "tag": self.tag,
            "commit_sha": self.commit_sha,
            "before": self.before,
            "sender": self.sender,
            "repository": self.repository,
            "repository_keys": list(self.repository_keys),
            "changes": [change._asdict() for change in self.changes],
            "paths": None if self.paths is None else list(self.paths),
        }


class Answer(NamedTuple):
    """One row of ``mutation_response``, decoded (``db/README.md``, "The answer")."""

    succeeded: bool
    state_changed: bool
    status_detail: str
    http_status: int
    message: str
    error_class: str | None = None
    entity_id: str | None = None
    entity_type: str | None = None
    entity: Mapping[str, Any] | None = None
    updated_fields: tuple[str, ...] = ()
    cascade: Mapping[str, Any] | None = None
    error_detail: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] = EMPTY
