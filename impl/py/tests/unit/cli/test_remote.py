"""Steps of a deployment of a server, as they are told from one look to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fraisier.cli.remote import Told


def step(name: str, state: str, progress: int = 0) -> dict[str, Any]:
    """A step as the API shows it."""
    return {"id": name, "step": name, "state": state, "progress": progress, "message": None}


def test_told__looks__tell_every_change_once() -> None:
    """What began and ended between two looks is told as both; what has not changed is not."""
    heard: list[Mapping[str, Any]] = []
    told = Told(heard.append)
    told.tell({"steps": [step("fetch", "succeeded", 30), step("build", "started", 30)]})
    told.tell({"steps": [step("fetch", "succeeded", 30), step("build", "started", 30)]})
    told.tell({"steps": [step("fetch", "succeeded", 30), step("build", "failed", 40)]})
    assert [(each["step"], each["state"]) for each in heard] == [
        ("fetch", "started"),
        ("fetch", "succeeded"),
        ("build", "started"),
        ("build", "failed"),
    ]
