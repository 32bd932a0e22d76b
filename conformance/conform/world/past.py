"""What has happened to an environment before a scenario begins, by the functions of db/."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from conform.databases import Scratch

STEPS = ("fetch", "build", "switch", "health")


@dataclass(frozen=True, slots=True)
class Task:
    """A deployment that a worker has claimed."""

    id: str
    fencing_token: int

    @property
    def arguments(self) -> dict[str, Any]:
        """What its functions want to know."""
        return {"deployment_id": self.id, "fencing_token": self.fencing_token}


class Past:
    """Requests, runs and ends deployments as a worker would."""

    def __init__(self, scratch: Scratch) -> None:
        self.scratch = scratch

    def request(self, fraise: str, environment: str, version: str, **more: Any) -> str:
        """Ask for a deployment of the commit that ``version`` stands for; its id."""
        usual = {"git_commit": commit_of(version), "trigger_type": "manual", "actor": "alice"}
        arguments = {**usual, "fraise": fraise, "environment": environment, **more}
        answer = self.scratch.call("fn_request_deployment", **arguments)
        assert answer["succeeded"], answer
        return str(answer["entity_id"])

    def claim(self, deployment: str) -> Task:
        """Begin to work on it."""
        answer = self.scratch.call(
            "fn_claim_deployment", worker="w", lease_seconds=3600, deployment_id=deployment
        )
        assert answer["succeeded"], answer
        return Task(deployment, answer["metadata"]["fencing_token"])

    def step(self, task: Task, step: str, state: str, progress: int, message: str) -> None:
        """Say how far a step has come."""
        answer = self.scratch.call(
            "fn_record_step",
            **task.arguments,
            step=step,
            state=state,
            progress=progress,
            message=message,
        )
        assert answer["succeeded"], answer

    def end(self, task: Task, version: str, how: str, **why: Any) -> None:
        """The deployment ends: it names its release, and says how things are."""
        if how == "success":
            self.scratch.call(
                "fn_record_release",
                **task.arguments,
                version=version,
                git_commit=commit_of(version),
            )
        arguments = {"health": "healthy" if how == "success" else "unknown", **why}
        answer = self.scratch.call(
            "fn_complete_deployment", **task.arguments, status=how, **arguments
        )
        assert answer["succeeded"], answer

    def deployment(
        self,
        fraise: str,
        environment: str,
        how: str,
        version: str,
        why: dict[str, Any] | None = None,
        **asked: Any,
    ) -> str:
        """One deployment from the request to its end; its id."""
        task = self.claim(self.request(fraise, environment, version, **asked))
        for step in STEPS if how == "success" else STEPS[:2]:
            self.step(task, step, "started", 0, f"{step} begins")
            bad = how != "success" and step == STEPS[1]
            self.step(task, step, "failed" if bad else "succeeded", 100, f"{step} of {version}")
        usual = {"error_code": "build-failed", "error_message": "make: *** [all] Error 2"}
        self.end(task, version, how, **({} if how == "success" else {**usual, **(why or {})}))
        return task.id

    def move(self, deployment: str, hours: int, seconds: float) -> None:
        """Let a deployment of SQLite have begun hours ago, and have taken some seconds."""
        self.scratch.execute(
            "UPDATE tb_deployment SET duration_seconds = :seconds, started_at ="
            " strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :back) WHERE id = :id",
            seconds=seconds,
            back=f"-{hours} hours",
            id=deployment,
        )

    def webhook(self, branch: str, version: str, sender: str, repository: str) -> dict[str, Any]:
        """A verified push; the answer of fn_process_webhook."""
        commit = commit_of(version)
        change = {"event_type": "push", "branch": branch, "before": None, "commit_sha": commit}
        event = {
            **change,
            "native_event": "push",
            "tag": None,
            "sender": sender,
            "repository": "example/shop",
            "repository_keys": [repository],
            "changes": [change],
            "paths": None,
            "payload_digest": hashlib.sha256(f"{branch} {version}".encode()).hexdigest(),
        }
        return self.scratch.call(
            "fn_process_webhook",
            provider="github",
            payload="",
            signature=None,
            event=event,
            hook="default",
            delivery_id=f"delivery-{branch}-{version}"[:60],
            actor="webhook",
        )


def commit_of(version: str) -> str:
    """The commit that a version stands for."""
    return hashlib.sha1(version.encode(), usedforsecurity=False).hexdigest()
