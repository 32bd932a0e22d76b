"""What a deployer is: an order of steps, each of which can be planned, probed and done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

from fraisier.deployers.releases import Release, Workshop, endless
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import FraiseConfig
from fraisier.effects.files import never
from fraisier.git.repository import Repository
from fraisier.providers.base import DeploymentProvider


class Probe(StrEnum):
    """What a step that may have run already left behind."""

    DONE = "done"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step as a dry run shows it."""

    step: str
    text: str


# What a step may take whose kind has no key in ``timeouts``.
OTHER_SECONDS = 300.0


class Outcome(NamedTuple):
    """How the deployment stands, for hooks: a status and why, if it went wrong."""

    status: str = "in_progress"
    error_code: str = ""
    error_message: str = ""


IN_PROGRESS = Outcome()


def _record_nothing(_head: str, _compatible: bool, _detail: Mapping[str, Any] | None) -> bool:
    return True


@dataclass(slots=True)
class Work:
    """
    One deployment on its way through the steps.

    ``commit`` and ``branch`` say what was asked for; ``fetch`` finds out what that is
    and sets ``release``. A worker that takes over sets it to what was recorded, and
    ``finished`` to the steps that earlier attempts ended well, ``begun`` to all that they
    began. ``force`` and ``kind``
    (``deploy`` or ``rollback``) are the wish's.

    A step asks ``should_stop`` while it waits and gives programs no more than
    ``time_left()`` seconds: then its time is over. ``record_migration(head,
    backward_compatible, detail)`` writes down what the fraise's database was brought
    to, and says whether the release that served before could still run on it.
    """

    fraise: FraiseConfig
    provider: DeploymentProvider
    repository: Repository
    deployment_id: str
    commit: str | None = None
    branch: str | None = None
    release: Release | None = None
    tell: Callable[[str], None] = print
    should_stop: Callable[[], bool] = never
    time_left: Callable[[], float] = endless
    force: bool = False
    kind: str = "deploy"
    finished: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset()
    outcome: Outcome = IN_PROGRESS
    own_database: str = ""  # the address of Fraisier's own database, which no step touches
    record_migration: Callable[[str, bool, Mapping[str, Any] | None], bool] = _record_nothing

    @property
    def workshop(self) -> Workshop:
        """Makes the release folder."""
        return Workshop(
            self.fraise,
            self.provider,
            self.repository,
            self.tell,
            self.should_stop,
            self.time_left,
        )

    @property
    def known_release(self) -> Release:
        """The release, after ``fetch``."""
        if self.release is None:
            raise FraisierError("no release is known yet", code="deployment-failed")
        return self.release


class Step(ABC):
    """
    One step. ``failure`` is the error code of everything in it that has no own code.

    ``act`` does the work and returns what to tell about it; it may be called again
    after an attempt that died in it. ``probe`` says whether that is needed. When a step
    that is ``optional`` fails, that is recorded and told, and the deployment goes on. One
    that is done ``always`` is not left out when the release is the current one already.
    """

    name: ClassVar[str]
    failure: ClassVar[str]
    doing: ClassVar[str]
    done: str = "Already done"  # a probe may say here why there is nothing to do
    optional: ClassVar[bool] = False
    always: ClassVar[bool] = False

    def seconds(self, fraise: FraiseConfig) -> float:
        """How long it may take: then it is stopped and fails with ``step-timeout``."""
        return getattr(fraise.environment.timeouts, self.name, OTHER_SECONDS)

    @abstractmethod
    def plan(self, fraise: FraiseConfig) -> str:
        """What it would do, for a dry run."""

    @abstractmethod
    def act(self, work: Work) -> str:
        """Do it and return what to tell about it."""

    def probe(self, work: Work) -> Probe:
        """Whether an earlier attempt has done it. Looks only."""
        return Probe.NOT_DONE


class Deployer(ABC):
    """The order of steps for one type of fraise."""

    types: ClassVar[tuple[str, ...]]

    @abstractmethod
    def steps(self, fraise: FraiseConfig) -> Sequence[Step]:
        """The steps, in the order of ``spec/lifecycle.yaml``."""

    def provider(self, target: DeploymentProvider, fraise: FraiseConfig) -> DeploymentProvider:
        """The provider that the steps work with: the target's own, or one around it."""
        return target

    def plan(self, fraise: FraiseConfig) -> list[PlannedStep]:
        """What a deployment would do. Needs no database, no daemon and no privileges."""
        return [PlannedStep(step.name, step.plan(fraise)) for step in self.steps(fraise)]
