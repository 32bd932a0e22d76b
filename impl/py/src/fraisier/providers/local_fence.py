"""Only the newest worker may act on a target of this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path

from fraisier.domain.errors import FraisierError
from fraisier.effects.files import locked, make_private_folder, read_json, write_json
from fraisier.providers.base import Control

FENCE_SECONDS_MAX = 30.0


@contextlib.contextmanager
def fenced(home: Path, control: Control, label: str) -> Generator[None]:
    """
    Hold the target for a moment, and only with the newest token of the environment.

    Raises:
        FraisierError: ``lease-lost``, ``provider-failed`` (somebody else holds it).
    """
    make_private_folder(home)
    try:
        with locked(home / "fence.lock", timeout_seconds=FENCE_SECONDS_MAX):
            _pass_fence(home / "fence.json", control, label)
            yield
    except TimeoutError as error:
        raise FraisierError("the target is busy", code="provider-failed") from error


def _pass_fence(path: Path, control: Control, label: str) -> None:
    if control.fencing_token is None:
        return
    fence = read_json(path) or {}
    if fence.get("scope") == control.scope and fence["token"] > control.fencing_token:
        raise FraisierError(f"another worker has taken {label} over", code="lease-lost")
    write_json(path, {"scope": control.scope, "token": control.fencing_token})
