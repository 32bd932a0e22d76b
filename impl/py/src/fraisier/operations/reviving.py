"""Start again what ran on this machine and is gone: after a restart of the machine, say."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fraisier.db import Database
from fraisier.deployers import deployer_for
from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.domain.values import FraiseConfig, HealthState
from fraisier.effects.process import Stopped
from fraisier.operations.parts import Application
from fraisier.providers.base import Control

Listen = Callable[[Mapping[str, Any]], None]


def revive(app: Application, db: Database, listen: Listen, stop: threading.Event) -> None:
    """
    Look at every environment whose provider knows how, start what is gone, and say so.

    It is recorded as down and, when it starts, as unknown until somebody looks: both are
    events. What cannot be started is told, and the next one is looked at.

    Raises:
        FraisierError: The database's codes.

    SQL: fn_record_health
    """
    for selected in _environments(app):
        if stop.is_set():
            return
        try:
            release = _revived(app, selected, stop)
        except Stopped:
            return
        except (FraisierError, OSError) as error:
            why = redact(f"was gone and cannot be started: {error}", selected.secrets)
            _record(db, selected, HealthState.DOWN, why)
            listen({"event": "log", "line": f"{selected.label} {why}", "level": "error"})
            continue
        if release is not None:
            _record(db, selected, HealthState.DOWN, "nothing of it ran any more")
            _record(db, selected, HealthState.UNKNOWN, "started again by an observer")
            line = f"{selected.label} was gone: {release} is started again"
            listen({"event": "log", "line": line})


def _environments(app: Application) -> Iterator[FraiseConfig]:
    for name, fraise in app.config.fraises.items():
        for environment in fraise.environments:
            yield app.config.select(name, environment)


def _revived(app: Application, selected: FraiseConfig, stop: threading.Event) -> str | None:
    try:
        target = app.provider(selected.environment.provider)
    except FraisierError:  # nothing was ever deployed with a provider that is not there
        return None
    target = target.under(Control(should_stop=stop.is_set))
    return deployer_for(selected.fraise.type).provider(target, selected).revive(selected)


def _record(db: Database, selected: FraiseConfig, state: HealthState, message: str) -> None:
    db.call(
        "fn_record_health",
        fraise=selected.name,
        environment=selected.environment.name,
        status=str(state),
        message=message,
    )
