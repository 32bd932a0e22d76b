"""``fraisier observe``."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping
from typing import Any

import click

from fraisier.cli.command import command
from fraisier.cli.deploying import LEASE_SECONDS, Event, event_lines, worker_name
from fraisier.cli.output import FAILED, OK, Line, Output
from fraisier.cli.session import Session


@command(
    click.option("--once", is_flag=True, help="Stop when nothing is left to do."),
    click.option("--worker", metavar="NAME", help="Default: observer@HOST:PROCESS."),
    click.option(
        "--lease-seconds",
        type=click.IntRange(1, 3600),
        default=LEASE_SECONDS,
        show_default=True,
        metavar="N",
        help="How long a deployment is kept from others when this process dies.",
    ),
)
def observe(session: Session, once: bool, worker: str | None, lease_seconds: int) -> None:
    """Carry requested deployments out until SIGTERM."""
    from fraisier.observer import observe as run_observer

    app = session.application()
    stop = _Stop()
    name = worker or worker_name("observer")
    output = session.output
    run_observer(app, name, lease_seconds, once, lambda event: _show(output, event), stop)
    if stop.by_keyboard:
        raise KeyboardInterrupt


class _Stop(threading.Event):
    """Set by SIGTERM and by the first Ctrl-C; the second one ends the process at once."""

    def __init__(self) -> None:
        super().__init__()
        self.by_keyboard = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, _frame: object) -> None:
        self.by_keyboard = number == signal.SIGINT
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.set()


def _show(output: Output, event: Event) -> None:
    if output.as_json:
        output.document(event)
        return
    output.lines(_headline(event) if event.get("event") in _HEADLINES else event_lines(event))


_HEADLINES = ("claimed", "result", "idle")


def _headline(event: Event) -> list[Line]:
    if event["event"] == "idle":
        return ["Nothing is left to do."]
    deployment: Mapping[str, Any] = event.get("deployment") or {}
    place = f"{deployment.get('fraise')} → {deployment.get('environment')}"
    if event["event"] == "claimed":
        return [[(f"Deploying {place}", "bold")]]
    mark = OK if event.get("success") else FAILED
    return [[mark, (f" {place}: {deployment.get('outcome')}", "")]]
