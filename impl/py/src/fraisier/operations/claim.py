"""What a worker holds after a claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fraisier.deployers.releases import Release
from fraisier.domain.values import Answer

# They only begin when the deployment has failed.
ENDING_STEPS = ("rollback", "on_failure")


@dataclass(frozen=True, slots=True)
class Claim:
    """One deployment, claimed: the entity and the metadata of ``fn_claim_deployment``."""

    deployment: Mapping[str, Any]
    worker: str
    lease_seconds: int
    metadata: Mapping[str, Any]

    @classmethod
    def of(cls, answer: Answer, worker: str, lease_seconds: int) -> Claim:
        """The claim that a granted answer stands for."""
        return cls(answer.entity or {}, worker, lease_seconds, answer.metadata)

    @property
    def deployment_id(self) -> str:
        """Public id of the deployment."""
        return self.deployment["id"]

    @property
    def fencing_token(self) -> int:
        """Number that only grows with every claim of the environment."""
        return self.metadata["fencing_token"]

    @property
    def cut_over(self) -> bool:
        """Whether an earlier attempt went past the point of no return."""
        return self.metadata.get("cutover_at") is not None

    @property
    def steps(self) -> Sequence[Mapping[str, Any]]:
        """What earlier attempts recorded, oldest first."""
        return self.metadata.get("steps") or ()

    @property
    def failure(self) -> Mapping[str, Any] | None:
        """The failed step after which an earlier attempt began to end it, if one did."""
        if not any(step["step"] in ENDING_STEPS for step in self.steps):
            return None
        failed = [
            step
            for step in self.steps
            if step["state"] == "failed" and step["step"] not in (*ENDING_STEPS, "after")
        ]
        return failed[-1] if failed else self.steps[-1]

    @property
    def finished(self) -> frozenset[str]:
        """Names of the steps that earlier attempts ended well."""
        return frozenset(step["step"] for step in self.steps if step["state"] == "succeeded")

    @property
    def automatic_rollback(self) -> bool:
        """Whether the release that serves could still run on the fraise's database."""
        return self.metadata.get("automatic_rollback") is not False

    @property
    def serving(self) -> Release | None:
        """The release that serves now."""
        return _release(self.metadata.get("current_release"))

    @property
    def release(self) -> Release | None:
        """
        The release to switch to, as far as it is known: the target of a rollback, or
        what an earlier attempt recorded.
        """
        target = _release(self.metadata.get("target_release"))
        if target is not None:
            return target
        version, commit = self.deployment.get("new_version"), self.deployment.get("git_commit")
        if not self.steps or not version or not commit or len(commit) < 40:
            return None
        return Release(version, commit, self.deployment_id)

    @property
    def branch(self) -> str | None:
        """The branch asked for."""
        return self.deployment.get("git_branch")


def _release(row: Mapping[str, Any] | None) -> Release | None:
    if not row:
        return None
    return Release(row["version"], row["git_commit"], row.get("deployment_id") or row["id"])
